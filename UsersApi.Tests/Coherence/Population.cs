using System.Globalization;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Coherence;

/// <summary>Something to read, and the users that must come back, in this order.</summary>
internal sealed record Target(string Path, bool IsList, int[] Users);

/// <summary>The few users that everybody reads and writes. Their full names tell whose they are, and which write made them: <c>3:17</c>.</summary>
internal static class Population
{
    public const int Count = 8;

    private static readonly Guid[] Ids = [.. Enumerable.Range(0, Count).Select(user => Guid.Parse($"01900000-0000-7000-8000-00000000000{user}"))];

    /// <summary>Each user, in order, then lists.</summary>
    public static IReadOnlyList<Target> Targets { get; } =
    [
        .. Enumerable.Range(0, Count).Select(user => new Target(PathOf(user), IsList: false, [user])),
        new($"{Http.Users}?limit={Count}", IsList: true, [.. Enumerable.Range(0, Count)]),
        new($"{Http.Users}?limit=3&isActive=true", IsList: true, [0, 1, 2]),
        new($"{Http.Users}?limit=2&skip=3", IsList: true, [3, 4]),
        new($"{Http.Users}?limit=1&skip={Count - 1}", IsList: true, [Count - 1]),
    ];

    public static string PathOf(int user) => $"{Http.Users}/{Ids[user]}";

    /// <summary>Each user is written half as often as the one before: some change all the time, some keep an old response for seconds.</summary>
    public static int PickForWriting(Random random)
    {
        var user = 0;
        while (user < Count - 1 && random.Next(2) == 0)
        {
            user++;
        }

        return user;
    }

    /// <returns>Below 0 where the id is none of theirs.</returns>
    public static int IndexOf(Guid id) => Array.IndexOf(Ids, id);

    public static string NameOf(int user, long write) => string.Create(CultureInfo.InvariantCulture, $"{user}:{write}");

    public static string EmailOf(int user) => $"user{user}@example.com";

    public static async Task CreateAsync(TestDatabase database)
    {
        for (var user = 0; user < Count; user++)
        {
            await database.ExecuteAsync(
                "INSERT INTO users (id, created_at, updated_at, email, full_name) VALUES (@Id, now(), now(), @Email, @Name)",
                new { Id = Ids[user], Email = EmailOf(user), Name = NameOf(user, 0) });
        }
    }
}

using System.Globalization;
using UsersApi.Users;

namespace UsersApi.Bench.Driving;

/// <summary>Cursors before the first user, each of them a key of its own with the answer of the first page; and one far behind.</summary>
internal static class Cursors
{
    /// <summary>How many users lie before <see cref="Deep"/>.</summary>
    public const int DeepUsers = 90_000;

    // base64url of UserCursor's format byte, then zeros: decimal digits are base64url too.
    private const string Start = "AQAAAA";
    private const string End = "AAAAA";

    // Where servers are kept from run to run, their keys are not met again.
    private static long _used = Environment.TickCount64 * 1_000;

    public static string Deep => UserCursor.Encode(SeedUsers.Create(DeepUsers - 1).Id);

    /// <summary>What stands before and after the number in a page's URL.</summary>
    public static (string Before, string After) Around(int limit) =>
        (string.Create(CultureInfo.InvariantCulture, $"/api/v1/users?limit={limit}&after={Start}"), End);

    public static string Url(int limit, long number)
    {
        var (before, after) = Around(limit);
        return before + number.ToString("D12", CultureInfo.InvariantCulture) + after;
    }

    /// <summary>The first of some numbers that no other run gets.</summary>
    public static long Reserve(int count) => 1_000_000_000 + ((Interlocked.Add(ref _used, count) - count) % 100_000_000_000);
}

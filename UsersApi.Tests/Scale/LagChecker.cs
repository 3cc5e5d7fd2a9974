using System.Collections.Concurrent;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>Writes and reads a few users side by side, and notes each answer that is older than what was acknowledged before its request.</summary>
internal sealed class LagChecker
{
    private const int Readers = 4;

    private readonly HttpClient _client;
    private readonly string[] _users;
    private readonly long[] _acknowledged;
    private long _reads;
    private long _writes;

    private LagChecker(HttpClient client, string[] users)
    {
        (_client, _users) = (client, users);
        _acknowledged = [.. users.Select(_ => 1L)];
    }

    public ConcurrentQueue<string> Violations { get; } = new();

    public long Writes => Interlocked.Read(ref _writes);

    public static async Task<LagChecker> StartAsync(HttpClient client, int users)
    {
        var urls = new List<string>();
        for (var i = 0; i < users; i++)
            urls.Add(Http.UrlOf(await client.CreateUserAsync($"lag{i}@example.com")));

        return new LagChecker(client, [.. urls]);
    }

    /// <summary>A writer of its own for each user, and some readers of all.</summary>
    public async Task RunAsync(TimeSpan time)
    {
        using var end = new CancellationTokenSource(time);
        var writers = Enumerable.Range(0, _users.Length).Select(user => RepeatAsync(() => WriteAsync(user), end.Token));
        var readers = Enumerable.Range(0, Readers).Select(_ => RepeatAsync(ReadAsync, end.Token));
        await Task.WhenAll([.. writers, .. readers]);
    }

    public override string ToString() => $"{Writes} writes, {Interlocked.Read(ref _reads)} reads, {Violations.Count} violations";

    private static async Task RepeatAsync(Func<Task> action, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
            await action();
    }

    private async Task WriteAsync(int user)
    {
        using var response = await _client.SendAsync(
            HttpMethod.Patch, _users[user], """{ "isActive": true }""", mediaType: "application/merge-patch+json");
        if (!response.IsSuccessStatusCode)
            return;

        Interlocked.Exchange(ref _acknowledged[user], (await response.BodyAsync()).GetProperty("version").GetInt64());
        Interlocked.Increment(ref _writes);

        // Some time in which reads hit, and the replica may catch up.
        await Task.Delay(TimeSpan.FromMilliseconds(Random.Shared.Next(40)));
    }

    private async Task ReadAsync()
    {
        var user = Random.Shared.Next(_users.Length);
        var floor = Interlocked.Read(ref _acknowledged[user]);
        using var response = await _client.FetchAsync(_users[user]);
        if (!response.IsSuccessStatusCode)
            return;

        var version = (await response.BodyAsync()).GetProperty("version").GetInt64();
        if (version < floor)
            Violations.Enqueue($"user {user} at {version}, after {floor} was acknowledged ({response.Headers.GetValues("Cache-Status").Single()})");

        Interlocked.Increment(ref _reads);
    }
}

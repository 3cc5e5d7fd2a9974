using System.Text.Json;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Coherence;

/// <summary>Writes to any user through any node, by PUT and PATCH, and enters what is acknowledged into the history.</summary>
internal sealed class Writer(IReadOnlyList<HttpClient> nodes, History history, Judge judge, Tally tally, Random random, WriteNumbers numbers)
{
    private const int LongestPauseMs = 150;

    // Each write makes every list a miss on every node: on a slow machine there are fewer reads to a second, and as many to a write.
    private const int ReadsToOneInCalm = 3_000;

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await TryWriteAsync(random.Next(nodes.Count));
            var due = tally.Reads + ReadsToOneInCalm;
            do
            {
                await Task.Delay(random.Next(LongestPauseMs), CancellationToken.None);
            }
            while (tally.IsCalm && tally.Reads < due && !stop.IsCancellationRequested);
        }
    }

    /// <summary>Writes to any user through this node.</summary>
    /// <returns>Whether it was acknowledged.</returns>
    public async Task<bool> TryWriteAsync(int node)
    {
        try
        {
            if (await WriteAsync(node, Population.PickForWriting(random)))
                return true;
        }
        catch (Exception error) when (error is HttpRequestException or OperationCanceledException)
        {
            // It may have happened, or happen yet: nothing is known of it.
        }

        tally.Unanswered();
        return false;
    }

    private async Task<bool> WriteAsync(int node, int user)
    {
        var target = Population.Targets[user];
        var name = Population.NameOf(user, numbers.Next());
        var floor = new long[1];
        history.CopyFloors(target, floor);
        using var response = random.Next(2) == 0
            ? await nodes[node].SendAsync(HttpMethod.Put, target.Path, JsonSerializer.Serialize(new { email = Population.EmailOf(user), fullName = name }))
            : await nodes[node].SendAsync(HttpMethod.Patch, target.Path, JsonSerializer.Serialize(new { fullName = name }), mediaType: "application/merge-patch+json");
        if (!response.IsSuccessStatusCode)
            return false;

        var written = Sighting.Parse(await response.Content.ReadAsByteArrayAsync()).Single();
        if (written.Name != name || written.Version <= floor[0])
        {
            tally.Violation($"A write of {name} was acknowledged as {written}, over version {floor[0]}");
        }

        judge.CheckItself(written, target, $"node {node}, a write");
        history.Acknowledge(node, written);
        tally.Write();
        return true;
    }
}

/// <summary>Numbers the writes of a run.</summary>
internal sealed class WriteNumbers
{
    private long _last;

    public long Next() => Interlocked.Increment(ref _last);
}

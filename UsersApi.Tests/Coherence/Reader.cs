using System.Net.Sockets;

namespace UsersApi.Tests.Coherence;

/// <summary>Reads from one node without a pause, and has every answer judged.</summary>
internal sealed class Reader(int node, Uri url, History history, Judge judge, Tally tally, Random random)
{
    /// <summary>A read is hard where it begins so soon after another node acknowledged a write that it covers.</summary>
    private static readonly TimeSpan Hard = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan BeforeReconnect = TimeSpan.FromMilliseconds(50);
    private static readonly byte[][] Requests = [.. Population.Targets.Select(target => RawConnection.RequestOf(target.Path))];

    private readonly string _hit = $"node {node}, a hit";
    private readonly string _noHit = $"node {node}, no hit";
    private readonly long[] _floors = new long[Population.Count];

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            using var connection = new RawConnection(url);
            try
            {
                await connection.ConnectAsync();
                while (!stop.IsCancellationRequested)
                {
                    await ReadAsync(connection, Pick());
                }
            }
            catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
            {
                tally.Unanswered();
                await Task.Delay(BeforeReconnect, CancellationToken.None);
            }
        }
    }

    // Half of the time what another node has just written: that is where a stale answer would be.
    private int Pick() => random.Next(2) == 0
        ? history.LastWrittenBy((node + 1) % CoherenceRun.Nodes)
        : random.Next(Requests.Length);

    private async Task ReadAsync(RawConnection connection, int which)
    {
        var target = Population.Targets[which];
        history.CopyFloors(target, _floors);
        var isHard = history.WasJustWrittenElsewhere(target, node, Hard);
        var (body, isHit) = await connection.GetAsync(Requests[which]);
        judge.Check(target, _floors, body.Span, isHit ? _hit : _noHit);
        tally.Read(isHit, isHard);
    }
}

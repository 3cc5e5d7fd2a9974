using System.Globalization;
using System.IO.Compression;
using System.Net.Sockets;

namespace UsersApi.Tests.Coherence;

/// <summary>Reads from one node, and has every answer judged.</summary>
internal sealed class Reader(int node, Uri url, History history, Judge judge, Tally tally, Random random)
{
    /// <summary>A read is hard where it begins so soon after another node acknowledged a write that it covers.</summary>
    private static readonly TimeSpan Hard = TimeSpan.FromMilliseconds(20);

    // Memory answers so fast that readers without a pause would take all of the machine from the writers.
    private const int LongestPauseMs = 30;

    private static readonly TimeSpan BeforeReconnect = TimeSpan.FromMilliseconds(50);
    private static readonly byte[][] Requests = Of("GET", "");
    private static readonly byte[][] Heads = Of("HEAD", "");
    private static readonly byte[][] Ranges = Of("GET", "Range: bytes=0-\r\n");
    private static readonly byte[][] Compressed = Of("GET", "Accept-Encoding: gzip\r\n");

    // What this reader saw last, as a client keeps it.
    private readonly (string ETag, byte[] Body)[] _copies = new (string, byte[])[Requests.Length];
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
                    await ReadAsync(connection, await PickAsync());
                }
            }
            catch (Exception error) when (error is SocketException or IOException or OperationCanceledException)
            {
                tally.Unanswered();
                await Task.Delay(BeforeReconnect, CancellationToken.None);
            }
        }
    }

    // Half of the time what a node has just written, as soon as it is acknowledged: that is where a stale answer would be, and
    // seldom a hit. Less often while hits are counted.
    private async Task<int> PickAsync()
    {
        var pause = TimeSpan.FromMilliseconds(random.Next(LongestPauseMs));
        if (random.NextDouble() < (tally.IsCalm ? 0.9 : 0.5))
        {
            await Task.Delay(pause, CancellationToken.None);
            return random.Next(Requests.Length);
        }

        await history.NextAcknowledgement.WaitAsync(4 * pause).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return history.LastWrittenBy(random.Next(history.Nodes));
    }

    private static byte[][] Of(string method, string headers) =>
        [.. Population.Targets.Select(target => RawConnection.RequestOf(target.Path, method, headers))];

    private async Task ReadAsync(RawConnection connection, int which)
    {
        var target = Population.Targets[which];
        history.CopyFloors(target, _floors);
        var isHard = history.WasJustWrittenElsewhere(target, node, Hard);
        var kind = random.Next(10);
        var copy = _copies[which];
        var request = kind switch
        {
            0 => Heads[which],
            1 => Ranges[which],
            2 => Compressed[which],
            3 when copy.ETag is { Length: > 0 } => RawConnection.RequestOf(target.Path, headers: $"If-None-Match: {copy.ETag}\r\n"),
            _ => Requests[which],
        };
        var read = await connection.GetAsync(request, isHead: kind == 0);
        CheckRead(target, which, read, isHead: kind == 0);
        tally.Read(read.IsHit, isHard);
    }

    private void CheckRead(Target target, int which, RawRead read, bool isHead)
    {
        var circumstances = read.IsHit ? _hit : _noHit;
        if (isHead)
        {
            // A single user's tag ends in the row's version.
            if (!target.IsList && long.Parse(read.ETag.Trim('"').Split('-')[^1], CultureInfo.InvariantCulture) < _floors[0])
            {
                tally.Violation($"HEAD {target.Path} is stale ({circumstances}): {read.ETag}, but version {_floors[0]} had been acknowledged");
            }

            return;
        }

        // 304 says that the copy is what a 200 would bring now.
        var body = read.Status == 304 ? _copies[which].Body : read.IsGzip ? Expanded(read.Body) : read.Body.ToArray();
        judge.Check(target, _floors, body, read.Status == 200 ? circumstances : $"{circumstances}, {read.Status}");
        if (read.Status == 200 && !read.IsGzip)
        {
            _copies[which] = (read.ETag, body);
        }
    }

    private static byte[] Expanded(ReadOnlyMemory<byte> body)
    {
        using var expanded = new MemoryStream();
        using var gzip = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
        gzip.CopyTo(expanded);
        return expanded.ToArray();
    }
}

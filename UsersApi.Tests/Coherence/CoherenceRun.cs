using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Coherence;

/// <summary>Some nodes, the Redis of a stage, one Postgres, many readers, some writers, and a storm.</summary>
internal sealed class CoherenceRun : IAsyncDisposable
{
    private const int Readers = 60;
    private const int Writers = 16;

    private readonly CheckerSettings _settings;
    private readonly TestDatabase _database;
    private readonly IRedisStage _redis;
    private readonly List<ApiNode> _nodes = [];
    private readonly List<HttpClient> _clients = [];
    private readonly History _history;
    private readonly WriteNumbers _numbers = new();

    private CoherenceRun(CheckerSettings settings, IRedisStage redis, TestDatabase database)
    {
        (_settings, _redis, _database) = (settings, redis, database);
        _history = new History(redis.Nodes);
        Tally = new Tally(settings.Seed);
    }

    public Tally Tally { get; }

    public static async Task<CoherenceRun> StartAsync(CheckerSettings settings, IRedisStage redis)
    {
        var run = new CoherenceRun(settings, redis, await TestDatabase.CreateAsync());
        try
        {
            await run.StartServersAsync();
            return run;
        }
        catch
        {
            await run.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads and writes in the storm until the time is up or enough is wrong.</summary>
    public async Task RunAsync()
    {
        using var time = new CancellationTokenSource(_settings.Length);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(time.Token, Tally.EnoughViolations);
        var judge = new Judge(_history, Tally);
        var seed = _settings.Seed;
        List<Task> all = [_redis.StormAsync(_nodes, Tally, new Random(seed), stop.Token)];
        for (var i = 0; i < Writers; i++)
        {
            all.Add(new Writer(_clients, _history, judge, Tally, new Random(++seed), _numbers).RunAsync(stop.Token));
        }

        all.Add(new SqlWriter(_database, Tally, new Random(++seed), _numbers).RunAsync(stop.Token));
        for (var i = 0; i < Readers; i++)
        {
            var node = i % _redis.Nodes;
            all.Add(new Reader(node, _nodes[node].Url, _history, judge, Tally, new Random(++seed)).RunAsync(stop.Token));
        }

        await Task.WhenAll(all);
        Tally.Stop();
    }

    /// <summary>After the storm: also what was written and never acknowledged is relayed, and then every node serves what Postgres has.</summary>
    public async Task SettleAsync()
    {
        var judge = new Judge(_history, Tally);
        var writer = new Writer(_clients, _history, judge, Tally, new Random(_settings.Seed), _numbers);
        for (var i = 0; i < _redis.Nodes; i++)
        {
            var node = i;
            await Eventually.HoldsAsync(() => writer.TryWriteAsync(node), $"node {node} acknowledges a write");
        }

        // First the versions: a write that arrives later than this is not asked for.
        var versions = await _database.ScalarAsync<long[]>("SELECT array_agg(version ORDER BY id) FROM users");
        await Eventually.HoldsAsync(
            async () => await _database.ScalarAsync<long>("SELECT count(*) FROM outbox") == 0, "the outbox is empty");

        foreach (var target in Population.Targets)
        {
            for (var node = 0; node < _redis.Nodes; node++)
            {
                var body = await ReadAsync(_clients[node], target.Path);
                judge.Check(target, [.. target.Users.Select(user => versions![user])], body, $"node {node}, after the storm");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _clients.ForEach(client => client.Dispose());
        _nodes.ForEach(node => node.Dispose());
        await _redis.DisposeAsync();
        Tally.Dispose();
        await _database.DisposeAsync();
    }

    private async Task StartServersAsync()
    {
        await Population.CreateAsync(_database);
        await _redis.StartAsync();
        for (var i = 0; i < _redis.Nodes; i++)
        {
            var node = _redis.CreateNode(_database.ConnectionString, _settings.Seed + (1_000_000 * i));
            node.Heard = Tally.Hear;
            _nodes.Add(node);
            _clients.Add(new HttpClient(new SignedWrites(() => TestTokens.Development(Scopes.UsersWrite))) { BaseAddress = node.Url, Timeout = TimeSpan.FromSeconds(10) });
        }

        await Task.WhenAll(_nodes.Select(node => node.StartAsync()));
        Tally.Start();
    }

    // The first connections after the storm may be ones that were cut.
    private static async Task<byte[]> ReadAsync(HttpClient node, string path)
    {
        byte[] body = [];
        await Eventually.HoldsAsync(
            async () =>
            {
                using var response = await node.FetchAsync(path);
                body = await response.Content.ReadAsByteArrayAsync();
                return response.IsSuccessStatusCode;
            },
            $"{node.BaseAddress} answers");
        return body;
    }
}

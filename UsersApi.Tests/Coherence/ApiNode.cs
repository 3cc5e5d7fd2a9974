using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace UsersApi.Tests.Coherence;

/// <summary>A node of the API: a process of its own, with a proxy before each of its servers.</summary>
internal sealed class ApiNode : IDisposable
{
    private readonly ProcessStartInfo _start;
    private readonly int _port = LoopbackPort.Free();
    private ServerProcess? _process;

    /// <param name="postgres">The database, before which a proxy is put.</param>
    /// <param name="redis">The connection string as the node gets it.</param>
    /// <param name="seed">Decides how late things arrive.</param>
    public ApiNode(string postgres, string redis, int seed)
    {
        var database = new NpgsqlConnectionStringBuilder(postgres);
        Postgres = new ChaosProxy(database.Host!, database.Port, seed, slowShare: 0.05);
        (database.Host, database.Port) = ("127.0.0.1", Postgres.Port);
        Url = new Uri($"http://127.0.0.1:{_port}");
        _start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "UsersApi.dll")])
        {
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_CONTENTROOT"] = AppContext.BaseDirectory,
                ["ASPNETCORE_URLS"] = Url.ToString(),
                ["ConnectionStrings__Postgres"] = database.ConnectionString,
                ["ConnectionStrings__Redis"] = redis,
                ["Logging__LogLevel__Default"] = "Warning",

                // An acknowledgement is a promise for every node only where a failed eviction withholds it.
                ["RedisCached__WithholdOnFailedEviction"] = "true",

                // The proxies delay more than a network does: by default half of the requests would bypass the cache.
                ["RedisCached__VersionsTimeout"] = "00:00:00.250",

                // Seldom, so that the relay covers up as little as possible.
                ["Outbox__PollInterval"] = "00:00:01",

                // Some hits run their action again; what comes of it is told in the log.
                ["RedisCached__CanaryPermille"] = "20",

                // Nodes, servers and all who ask share a few cores.
                ["DOTNET_gcServer"] = "0",
                ["DOTNET_TieredPGO"] = "0",
            },
        };
    }

    public Uri Url { get; }

    public ChaosProxy Postgres { get; }

    /// <summary>The ways to the Redis servers, of which one leads.</summary>
    public ChaosProxy[] Redis { get; private init; } = [];

    /// <summary>A node with a proxy before each Redis server too.</summary>
    public static ApiNode BehindProxies(string postgres, IEnumerable<int> redisPorts, int seed)
    {
        ChaosProxy[] redis = [.. redisPorts.Select((port, i) => new ChaosProxy("127.0.0.1", port, seed + (100_000 * (i + 1)), slowShare: 0))];
        var names = redis.Select(link => string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{link.Port}"));
        return new ApiNode(postgres, string.Join(',', names), seed) { Redis = redis };
    }

    /// <summary>Told of each line of the node's log.</summary>
    public Action<string>? Heard { get; set; }

    public async Task StartAsync() => _process = await ServerProcess.StartAsync(_start, _port, line => Heard?.Invoke(line));

    public void Kill() => _process?.Dispose();

    /// <summary>Ends it in good order.</summary>
    public Task EndAsync() => _process!.EndAsync("TERM");

    /// <summary>Stops it where it stands, connections open, or lets it go on.</summary>
    public Task SignalAsync(string signal) => _process!.SignalAllAsync(signal);

    public void Dispose()
    {
        Kill();
        Postgres.Dispose();
        Array.ForEach(Redis, link => link.Dispose());
    }
}

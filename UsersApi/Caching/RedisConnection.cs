using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using StackExchange.Redis;
using StackExchange.Redis.Configuration;

namespace UsersApi.Caching;

/// <summary>
/// The cache's own connections to Redis: they fail fast and come back by themselves. Versions have one of their own, since
/// bodies of megabytes would hold them up (small ones are read along with them), and only theirs tells which run of which
/// server it belongs to (the epoch).
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly Lazy<Task<IConnectionMultiplexer>> _connecting;
    private readonly Lazy<Task<IConnectionMultiplexer>> _connectingBodies;
    private readonly ILogger _logger;
    private int _generation;
    private int _isLost;
    private EpochOfGeneration? _epoch;

    public RedisConnection(string connectionString, IOptions<RedisCachedOptions> options, ILogger<RedisConnection> logger)
    {
        _logger = logger;
        Prefix = $"{options.Value.KeyPrefix}v{CacheEntry.CurrentRevision}:";
        var configuration = ConfigurationOptions.Parse(connectionString);
        configuration.ClientName ??= "UsersApi.Caching";
        // The threads of the library's own socket manager are woken five times for each reply, which costs more than the rest of it.
        configuration.SocketManager = SocketManager.ThreadPool;
        // A broken cache is an empty cache: no command waits for a connection that is not there.
        configuration.AbortOnConnectFail = false;
        configuration.BacklogPolicy = BacklogPolicy.FailFast;
        configuration.ConnectTimeout = Math.Min(configuration.ConnectTimeout, 2_000);
        configuration.AsyncTimeout = Math.Max(options.Value.EntryTimeoutMs, options.Value.EvictionTimeoutMs) * 2;
        configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
        configuration.ReconnectRetryPolicy = new LinearRetry(250);
        // Nothing is published or subscribed to: one connection, not two.
        configuration.ConfigurationChannel = "";
        configuration.CommandMap = CommandMap.Create(["SUBSCRIBE"], available: false);
        var forBodies = configuration.Clone();
        configuration.Tunnel = new ConnectionCounter(this);
        _connecting = new(() => ConnectAsync(configuration));
        _connectingBodies = new(async () => await ConnectionMultiplexer.ConnectAsync(forBodies));
    }

    /// <summary>What every key begins with: the application's prefix and the revision of the format.</summary>
    public string Prefix { get; }

    /// <summary>
    /// Counts the connections. It grows before a new connection carries its first command, so that a reply belongs to the
    /// connection of an epoch if the count was the same before the command was sent and after its reply came.
    /// </summary>
    public int Generation => Volatile.Read(ref _generation);

    /// <summary>For versions, and for reading small entries. Ready at once when connected, and for a second or two at start; it never fails for a server that is not there.</summary>
    public Task<IConnectionMultiplexer> Multiplexer => _connecting.Value;

    /// <summary>For entries.</summary>
    public Task<IConnectionMultiplexer> Bodies => _connectingBodies.Value;

    public async ValueTask<IDatabase> DatabaseAsync() => (await Multiplexer).GetDatabase();

    /// <summary>Which run of which server answers on the connection of this generation (run_id and master_replid of INFO).</summary>
    /// <exception cref="RedisException">It can't be read now.</exception>
    public async ValueTask<string> EpochAsync(int generation)
    {
        if (Volatile.Read(ref _epoch) is { } known && known.Generation == generation)
            return known.Epoch;

        var database = await DatabaseAsync();
        var info = await Task.WhenAll(database.ExecuteAsync("INFO", "server"), database.ExecuteAsync("INFO", "replication"));
        var epoch = Field(info[0].ToString(), "run_id:") + Field(info[1].ToString(), "master_replid:");
        if (epoch.Length == 0)
            throw new RedisException("The server does not tell its run.");

        // Where the connection changed meanwhile, the reader sees that its generation is over.
        if (Generation == generation)
            Volatile.Write(ref _epoch, new EpochOfGeneration(generation, epoch));

        return epoch;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var connecting in (Lazy<Task<IConnectionMultiplexer>>[])[_connecting, _connectingBodies])
        {
            if (connecting.IsValueCreated)
                await (await connecting.Value).DisposeAsync();
        }
    }

    private static string Field(string info, string name) => info
        .Split('\n', StringSplitOptions.TrimEntries).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?[name.Length..] ?? "";

    private async Task<IConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration)
    {
        var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration);
        multiplexer.ConnectionFailed += (_, failure) => Lost(failure.FailureType.ToString());
        multiplexer.ConnectionRestored += (_, _) => Connected();
        // A master that became a replica, or the other way round, on a connection that stayed.
        multiplexer.ConfigurationChanged += (_, _) => Interlocked.Increment(ref _generation);
        if (multiplexer.IsConnected)
        {
            CacheLog.RedisConnected(_logger);
        }
        else
        {
            Lost("no answer at start");
        }

        return multiplexer;
    }

    private void Lost(string why)
    {
        if (Interlocked.Exchange(ref _isLost, 1) == 0)
            CacheLog.RedisLost(_logger, why);
    }

    private void Connected()
    {
        if (Interlocked.Exchange(ref _isLost, 0) == 1)
            CacheLog.RedisConnected(_logger);
    }

    private sealed record EpochOfGeneration(int Generation, string Epoch);

    /// <summary>The client library's hook into each new socket, before anything is sent on it.</summary>
    private sealed class ConnectionCounter(RedisConnection owner) : Tunnel
    {
        public override ValueTask<EndPoint?> GetSocketConnectEndpointAsync(EndPoint endpoint, CancellationToken cancellationToken) => new(endpoint);

        public override ValueTask BeforeSocketConnectAsync(
            EndPoint endPoint, ConnectionType connectionType, Socket? socket, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref owner._generation);
            return default;
        }
    }
}

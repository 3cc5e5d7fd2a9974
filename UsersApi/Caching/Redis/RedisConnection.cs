using StackExchange.Redis;

namespace UsersApi.Caching.Redis;

/// <summary>
/// The cache's own connections to Redis: they fail fast and come back by themselves. Versions have one of their own, since
/// bodies of megabytes would hold them up, and so have messages.
/// </summary>
internal sealed class RedisConnection : IAsyncDisposable
{
    private readonly ConnectionAttempts _versions;
    private readonly ConnectionAttempts _bodies;
    private readonly ConfigurationOptions _configuration;

    public RedisConnection(string connectionString, IOptions<RedisCachedOptions> options, TimeProvider time)
    {
        _configuration = ConfigurationOptions.Parse(connectionString);
        _configuration.ClientName ??= "UsersApi.Caching";
        // The threads of the library's own socket manager are woken five times for each reply, which costs more than the rest of it.
        _configuration.SocketManager = SocketManager.ThreadPool;
        // A broken cache is an empty cache: no command waits for a connection that is not there.
        _configuration.AbortOnConnectFail = false;
        _configuration.BacklogPolicy = BacklogPolicy.FailFast;
        _configuration.ConnectTimeout = Math.Min(_configuration.ConnectTimeout, 2_000);
        _configuration.AsyncTimeout = (int)(options.Value.EntryTimeout + options.Value.EvictionTimeout).TotalMilliseconds;
        _configuration.HeartbeatInterval = TimeSpan.FromMilliseconds(500);
        _configuration.ReconnectRetryPolicy = new LinearRetry(250);
        // After a failover the new master is looked for, and the default of a minute would be a minute without hits.
        _configuration.ConfigCheckSeconds = Math.Min(_configuration.ConfigCheckSeconds, 2);
        _configuration.ConfigurationChannel = "";
        // Channels are named in full, in scripts too, where the library adds no prefix.
        _configuration.ChannelPrefix = default;
        TagPrefix = $"{options.Value.KeyPrefix}v1:{{tag}}";
        // What is not subscribed to anything needs one connection, not two.
        var plain = _configuration.Clone();
        plain.CommandMap = CommandMap.Create(["SUBSCRIBE"], available: false);
        _versions = new(() => ConnectAsync(plain), time);
        _bodies = new(() => ConnectAsync(plain), time);
    }

    /// <summary>What the keys and channels of versions begin with, on all revisions.</summary>
    public string TagPrefix { get; }

    public RedisKey LeasesKey => TagPrefix + "#leases";

    /// <summary>
    /// For versions. Ready at once when connected, and for a second or two at start; of servers that are not there, only a Sentinel makes
    /// it fail.
    /// </summary>
    public Task<IConnectionMultiplexer> Multiplexer => _versions.Latest;

    /// <summary>For entries.</summary>
    public Task<IConnectionMultiplexer> Bodies => _bodies.Latest;

    public async ValueTask<IDatabase> DatabaseAsync() => (await Multiplexer).GetDatabase();

    public RedisKey KeyOf(string tag) => $"{TagPrefix}:{tag}";

    /// <summary>Channels are common to all databases of a server: the name tells which is meant.</summary>
    public string ChannelOf(string name) =>
        string.Create(CultureInfo.InvariantCulture, $"{TagPrefix}:db{_configuration.DefaultDatabase ?? 0}:{name}");

    public async Task PublishAsync(string channel, string message) =>
        await (await DatabaseAsync()).PublishAsync(
            RedisChannel.Literal(channel), message, CommandFlags.DemandMaster | CommandFlags.FireAndForget);

    public async Task<IConnectionMultiplexer> ConnectForSubscriptionAsync()
    {
        // The connection for messages is made after the other one: who subscribes waits for it, within the time limit.
        await Multiplexer;
        var configuration = _configuration.Clone();
        configuration.BacklogPolicy = BacklogPolicy.Default;
        return await ConnectAsync(configuration);
    }

    public async ValueTask DisposeAsync()
    {
        await _versions.DisposeAsync();
        await _bodies.DisposeAsync();
    }

    private static async Task<IConnectionMultiplexer> ConnectAsync(ConfigurationOptions configuration) =>
        await ConnectionMultiplexer.ConnectAsync(configuration.Clone());
}

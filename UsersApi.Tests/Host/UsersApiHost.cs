using System.Collections.Concurrent;
using System.Net;
using System.Reflection;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.AspNetCore.TestHost;
using Npgsql;
using UsersApi.Identity;
using UsersApi.Tests.Identity;

namespace UsersApi.Tests.Host;

/// <summary>The real application on a real socket, with a database and a Redis key prefix of its own.</summary>
internal sealed class UsersApiHost : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<string, ConcurrentBag<UsersApiHost>> Idle = new();

    private readonly string _prefix;
    private readonly Factory _factory;
    private readonly bool _isGuest;
    private ConcurrentBag<UsersApiHost>? _idle;

    private UsersApiHost(
        TestDatabase database, string environment, Dictionary<string, string> settings, string? prefix = null, TimeProvider? clock = null)
    {
        Database = database;
        _isGuest = prefix is not null;
        _prefix = prefix ?? $"test:{Guid.NewGuid():n}:";
        settings.TryAdd("ConnectionStrings:Postgres", database.ConnectionString);
        settings.TryAdd("ConnectionStrings:Redis", TestServers.Redis);
        settings.TryAdd("RedisCached:KeyPrefix", _prefix);
        // Two cores and many tests beside this one: no test may depend on how fast the server is.
        settings.TryAdd("RedisCached:VersionsTimeout", "00:00:10");
        settings.TryAdd("RedisCached:KeySecret", "the secret of hosts in tests");
        // What a test asks for first is a miss.
        settings.TryAdd("RedisCached:Warm:Requests:0:AtStart", "false");
        if (!IsDevelopment(environment))
        {
            settings.TryAdd("Authentication:Schemes:Bearer:Authority", TestServers.Issuer.Url);
            settings.TryAdd("Authentication:Schemes:Bearer:ValidAudience", TestIssuer.Audience);
        }

        _factory = new Factory(environment, settings, Logs, clock);

        // Not UseKestrel(0): that changes the addresses while Program.cs may already be starting the server.
        _factory.UseKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _factory.StartServer();
        CalmLeases.DeclareAsync(_factory.Services).GetAwaiter().GetResult();
        Client = new HttpClient(new SignedWrites(() => TokenOf(environment))) { BaseAddress = _factory.ClientOptions.BaseAddress };
        Anonymous = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { BaseAddress = Client.BaseAddress };
    }

    public TestDatabase Database { get; }

    /// <summary>Sends a token with every scope where it writes, and none where it reads.</summary>
    public HttpClient Client { get; }

    /// <summary>Sends no token of its own.</summary>
    public HttpClient Anonymous { get; }

    /// <summary>What all keys in Redis begin with.</summary>
    public string Prefix => _prefix;

    public CollectedLogs Logs { get; } = new();

    public IServiceProvider Services => _factory.Services;

    public static async Task<UsersApiHost> StartAsync(string environment = "Development", params (string Key, string Value)[] settings) =>
        new(await TestDatabase.CreateAsync(), environment, settings.ToDictionary(setting => setting.Key, setting => setting.Value));

    /// <summary>
    /// One that another test has used, without its rows and its cached responses: to start one takes ten times as long as most tests. It
    /// is for those that look at answers alone; what it has logged, counted and seen before is another's.
    /// </summary>
    public static async Task<UsersApiHost> BorrowAsync(string environment, params (string Key, string Value)[] settings)
    {
        var idle = Idle.GetOrAdd($"{environment} {string.Join(' ', settings)}", _ => []);
        if (!idle.TryTake(out var host))
            host = await StartAsync(environment, settings);

        host._idle = idle;
        return host;
    }

    /// <summary>Lets another test have it.</summary>
    public async Task GiveBackAsync()
    {
        if (await Database.TryEmptyAsync() && await Services.GetRequiredService<IRedisCacheEvictor>().EvictAsync("all"))
            _idle!.Add(this);
        else
            await DisposeAsync();
    }

    public static async Task DisposeIdleAsync()
    {
        foreach (var idle in Idle.Values.SelectMany(hosts => hosts))
            await idle.DisposeAsync();
    }

    /// <summary>On a database without any table.</summary>
    public static async Task<UsersApiHost> StartEmptyAsync(params (string Key, string Value)[] settings) =>
        new(await TestDatabase.CreateEmptyAsync(), "Development", settings.ToDictionary(setting => setting.Key, setting => setting.Value));

    /// <summary>With something between it and its database, and a clock of its own.</summary>
    /// <param name="link">From the database's connection string to the one that the application is given.</param>
    /// <param name="clock">The application's time.</param>
    /// <param name="settings">Its configuration.</param>
    public static async Task<UsersApiHost> StartBehindAsync(
        Func<NpgsqlConnectionStringBuilder, string> link, TimeProvider clock, params (string Key, string Value)[] settings)
    {
        var database = await TestDatabase.CreateAsync();
        var all = settings.ToDictionary(setting => setting.Key, setting => setting.Value);
        all.Add("ConnectionStrings:Postgres", link(new NpgsqlConnectionStringBuilder(database.ConnectionString)));
        return new UsersApiHost(database, "Development", all, clock: clock);
    }

    /// <summary>On a database without any table, which it reaches through a pool on a port of this machine, and directly too.</summary>
    public static async Task<UsersApiHost> StartPooledAsync(int port, params (string Key, string Value)[] settings)
    {
        var database = await TestDatabase.CreateEmptyAsync();
        var pooled = new NpgsqlConnectionStringBuilder(database.ConnectionString) { Host = "127.0.0.1", Port = port };
        var all = settings.ToDictionary(setting => setting.Key, setting => setting.Value);
        all.Add("ConnectionStrings:Postgres", pooled.ConnectionString);
        all.Add("ConnectionStrings:PostgresDirect", database.ConnectionString);
        return new UsersApiHost(database, "Development", all);
    }

    /// <summary>Another node: with the same database, and the same keys in Redis. It must be disposed of first.</summary>
    public UsersApiHost StartAnother(params (string Key, string Value)[] settings) =>
        new(Database, "Development", settings.ToDictionary(setting => setting.Key, setting => setting.Value), _prefix);

    /// <summary>Waits until the cache is connected and hits: the server does not wait for it to start.</summary>
    public Task UntilItCachesAsync() => Eventually.HoldsAsync(
        async () =>
        {
            using var response = await Anonymous.FetchAsync(Http.Users);
            return response.Headers.GetValues("Cache-Status").Single().Contains("; hit", StringComparison.Ordinal);
        },
        "a hit");

    /// <summary>Stops the server, so that all it had to log is logged; the database remains.</summary>
    public ValueTask StopAsync() => _factory.DisposeAsync();

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        Anonymous.Dispose();
        await _factory.DisposeAsync();
        if (_isGuest)
        {
            return;
        }

        await Database.DisposeAsync();
        await TestRedis.DeleteAsync(_prefix);
    }

    private static bool IsDevelopment(string environment) => environment == Environments.Development;

    private static string TokenOf(string environment) => IsDevelopment(environment) ? TestTokens.Development(Scopes.All) : TestTokens.Production(Scopes.All);

    private sealed class Factory(string environment, Dictionary<string, string> settings, CollectedLogs logs, TimeProvider? clock) : WebApplicationFactory<Program>
    {
        protected override void ConfigureWebHost(IWebHostBuilder builder)
        {
            builder.UseEnvironment(environment);
            foreach (var (key, value) in settings)
            {
                builder.UseSetting(key, value);
            }

            builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(logs));
            builder.ConfigureTestServices(services =>
            {
                services.AddControllers().ConfigureApplicationPartManager(parts => parts.ApplicationParts.Add(new ControllersOfTests()));
                services.AddSingleton(clock ?? TimeProvider.System);
            });
        }
    }

    /// <summary>Not all of this assembly: the cache's own tests have controllers that need settings of theirs.</summary>
    private sealed class ControllersOfTests : ApplicationPart, IApplicationPartTypeProvider
    {
        public override string Name => nameof(ControllersOfTests);

        public IEnumerable<TypeInfo> Types => [typeof(MisbehavingController).GetTypeInfo(), typeof(AudienceController).GetTypeInfo(), typeof(Desk.ExplainedController).GetTypeInfo()];
    }
}

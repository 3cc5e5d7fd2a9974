using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using StackExchange.Redis;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Host;

/// <summary>An MVC application that is not UsersApi: controllers of a test, the registration, a real socket and a real Redis.</summary>
internal sealed class CachedHost : IAsyncDisposable
{
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromSeconds(10);

    private readonly WebApplication _app;

    private CachedHost(WebApplication app, string prefix)
    {
        _app = app;
        Prefix = prefix;
        Client = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Client { get; }

    /// <summary>What this host's Redis keys begin with.</summary>
    public string Prefix { get; }

    public IServiceProvider Services => _app.Services;

    public ManualTime Time => (ManualTime)_app.Services.GetRequiredService<TimeProvider>();

    /// <param name="controllers">The controllers that it serves.</param>
    /// <param name="settings">Settings, by their names below <c>RedisCached</c>; a name with a colon is taken as it is.</param>
    /// <param name="services">What else it needs.</param>
    /// <param name="pipeline">Middleware before the controllers.</param>
    /// <param name="prefix">The key prefix of another host, to stand beside it as a second node.</param>
    /// <param name="redis">The connection string; null for the one of the environment, empty for none.</param>
    public static async Task<CachedHost> StartAsync(
        Type[] controllers, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? services = null,
        Action<WebApplication>? pipeline = null, string? prefix = null, string? redis = null)
    {
        prefix ??= $"test:{Guid.NewGuid():N}:";
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            // The settings of UsersApi lie in the tests' own folder, and this is another application.
            ContentRootPath = Path.Combine(AppContext.BaseDirectory, "Caching"),
            // Watching files takes one of the 128 inotify instances that a user may have.
            Args = ["--hostBuilder:reloadConfigOnChange=false"],
        });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:Redis"] = redis ?? TestServers.Redis,
            ["RedisCached:KeyPrefix"] = prefix,
            ["RedisCached:KeyByHost"] = "false",
            ["RedisCached:Revision"] = "",
            ["RedisCached:JitterPercent"] = "0",
            // Two cores and many tests beside this one: no test may depend on how fast the server is.
            ["RedisCached:VersionsTimeout"] = "00:00:10",
        });
        builder.Configuration.AddInMemoryCollection((settings ?? []).ToDictionary(
            pair => pair.Key.Contains(':', StringComparison.Ordinal) ? pair.Key : $"RedisCached:{pair.Key}", pair => pair.Value));
        builder.Services.AddSingleton<TimeProvider>(new ManualTime());
        builder.Services.AddControllers().ConfigureApplicationPartManager(parts =>
        {
            parts.ApplicationParts.Clear();
            parts.FeatureProviders.Clear();
            parts.FeatureProviders.Add(new OnlyControllers(controllers));
        });
        builder.Services.AddRedisCached(builder.Configuration);
        services?.Invoke(builder.Services);
        var app = builder.Build();
        pipeline?.Invoke(app);
        app.MapControllers().WithEarlyHits();
        await CalmLeases.DeclareAsync(app.Services);
        await app.StartAsync();

        return new CachedHost(app, prefix);
    }

    public Task<HttpResponseMessage> GetAsync(string target, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Get, target, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, target);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await Client.SendAsync(request);
    }

    /// <summary>Sends bytes as they are, and returns all that comes back until the server closes.</summary>
    public async Task<string> SendRawAsync(string request)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, Client.BaseAddress!.Port);
        var stream = socket.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        using var reader = new StreamReader(stream, Encoding.Latin1);
        var reading = reader.ReadToEndAsync();
        for (var i = 0; i < 6 && await Task.WhenAny(reading, Task.Delay(LongestAnswer)) != reading; i++)
        {
            // A message between nodes was lost, as any may be: a second passes then, which this clock does not do by itself.
            (Services.GetRequiredService<TimeProvider>() as ManualTime)?.Advance(LeaseTerms.AwaitedFor);
        }

        return await reading.WaitAsync(LongestAnswer);
    }

    /// <summary>Sends a request as it is written here, on a connection of its own.</summary>
    public async Task<RawResponse> ExchangeAsync(string method, string target, params IEnumerable<(string Name, string Value)> headers)
    {
        var request = new StringBuilder().Append(method).Append(' ').Append(target).Append(" HTTP/1.1\r\nConnection: close\r\n");
        if (!headers.Any(header => header.Name == "Host"))
        {
            request.Append("Host: test.example\r\n");
        }

        if (method is not ("GET" or "HEAD"))
        {
            request.Append("Content-Length: 0\r\n");
        }

        foreach (var (name, value) in headers)
        {
            request.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        var response = RawResponse.Parse(Encoding.Latin1.GetBytes(await SendRawAsync(request.Append("\r\n").ToString())));
        return method == "HEAD" ? response with { IsWhole = true } : response;
    }

    /// <summary>Nothing is on its way to Redis any more: what a lookup finds there is what was stored last.</summary>
    public Task WrittenAsync() =>
        Eventually.HoldsAsync(() => Task.FromResult(Services.GetRequiredService<CacheWriteQueue>().Count == 0), "all is written");

    /// <summary>All keys of this host in Redis, without the prefix; tags are left out.</summary>
    public async Task<string[]> KeysAsync()
    {
        var multiplexer = await Services.GetRequiredService<RedisConnection>().Multiplexer;
        var start = $"{Prefix}v{CacheEntry.FormatRevision}:";
        return [.. multiplexer.GetServers()[0].Keys(pattern: start + "get:*", pageSize: 10_000).Select(key => key.ToString()[start.Length..])];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // Disposing of it alone would not drain the queue.
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private sealed class OnlyControllers(Type[] controllers) : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature)
        {
            foreach (var controller in controllers)
            {
                feature.Controllers.Add(System.Reflection.IntrospectionExtensions.GetTypeInfo(controller));
            }
        }
    }
}

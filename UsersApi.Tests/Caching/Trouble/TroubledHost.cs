using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Trouble;

/// <summary>A host on the machine's own clock, with the deadlines that applications have, whose log is kept.</summary>
internal sealed class TroubledHost : IAsyncDisposable
{
    public const string Body = "body";

    private readonly CachedHost _host;

    private TroubledHost(CachedHost host, CollectedLogs logs) => (_host, Logs) = (host, logs);

    public CollectedLogs Logs { get; }

    public IServiceProvider Services => _host.Services;

    public static async Task<TroubledHost> StartAsync(string redis, Dictionary<string, string?>? settings = null)
    {
        var logs = new CollectedLogs();
        var host = await RunsController.StartAsync(
            new Dictionary<string, string?> { ["VersionsTimeout"] = "00:00:00.050" }.Concat(settings ?? []).GroupBy(pair => pair.Key).ToDictionary(pair => pair.Key, pair => pair.Last().Value),
            services => services.AddSingleton(TimeProvider.System).AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(logs)),
            redis: redis);
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn(Body);
        return new TroubledHost(host, logs);
    }

    public Task<RawResponse> ExchangeAsync(string target) => _host.ExchangeAsync("GET", target);

    public Task<HttpResponseMessage> GetAsync(string target) => _host.GetAsync(target);

    public string EntryKeyOf(string target) => $"{_host.Prefix}v{CacheEntry.FormatRevision}:get:{target}";

    public ValueTask DisposeAsync() => _host.DisposeAsync();
}

using System.Collections.Concurrent;
using System.Net;
using System.Text;
using UsersApi.Tests.Coherence;

namespace UsersApi.Tests.Telemetry;

/// <summary>Takes what is exported by OTLP over HTTP. Names stand in protobuf as they are: to look for them needs no schema.</summary>
internal sealed class FakeCollector : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _received = new(StringComparer.Ordinal);
    private readonly WebApplication _app;

    private FakeCollector(WebApplication app, string url) => (_app, Url) = (app, url);

    public string Url { get; }

    public static async Task<FakeCollector> StartAsync()
    {
        var port = LoopbackPort.Free();
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var collector = new FakeCollector(builder.Build(), $"http://127.0.0.1:{port}");
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync();
        return collector;
    }

    /// <summary>All that came to <c>/v1/traces</c> or <c>/v1/metrics</c>.</summary>
    public string ReceivedAt(string path) => _received.GetValueOrDefault(path, "");

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var reader = new StreamReader(http.Request.Body, Encoding.Latin1);
        var text = await reader.ReadToEndAsync();
        _received.AddOrUpdate(http.Request.Path.Value!, text, (_, before) => before + text);
    }
}

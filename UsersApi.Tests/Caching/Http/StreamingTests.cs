using System.Threading.Channels;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>An answer that its action sends as it goes is not held back to its end, and not stored.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class StreamingTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    [TestCase("flush"), TestCase("events"), TestCase("unbuffered"), TestCase("result")]
    public async Task First_part_arrives_before_the_last_is_written(string how)
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate);

        for (var i = 0; i < 2; i++)
        {
            gate.Close();
            using var response = await host.Client.GetAsync($"/streaming/{how}", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline);
            await using var body = await response.Content.ReadAsStreamAsync();
            var first = new byte[5];
            await body.ReadExactlyAsync(first).AsTask().WaitAsync(Deadline);
            gate.Open();
            using var reader = new StreamReader(body);

            Assert.That(response.Headers.GetValues("Cache-Status"), Is.EqualTo(["RedisCached; fwd=uri-miss; detail=streamed"]));
            Assert.That(System.Text.Encoding.UTF8.GetString(first) + await reader.ReadToEndAsync(), Is.EqualTo("first, last"));
        }
    }

    [Test]
    public async Task Streams_take_no_permit_of_those_who_miss()
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate, new() { ["MaxRunningMisses"] = "1", ["MissWait"] = "00:00:00" });
        gate.Close();
        using var stream = await host.Client.GetAsync("/streaming/events", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline);

        var outcome = (await host.ExchangeAsync("GET", "/streaming/whole")).Outcome;
        gate.Open();

        Assert.That(outcome, Is.EqualTo("fwd=uri-miss; stored"));
    }

    [TestCase("waiting", ""), TestCase("socket", "websocket")]
    public async Task Nobody_waits_behind_a_stream_that_has_not_begun(string how, string upgrade)
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate, new() { ["MaxRunningMisses"] = "1", ["MissWait"] = "00:00:00" });
        gate.Close();
        using var first = await BeginAsync();
        await gate.ReachedAsync();

        using var second = await BeginAsync();
        await gate.ReachedAsync();

        var outcome = (await host.ExchangeAsync("GET", "/streaming/whole")).Outcome;
        gate.Open();

        Assert.That(outcome, Is.EqualTo("fwd=uri-miss; stored"));

        async Task<System.Net.Sockets.TcpClient> BeginAsync()
        {
            var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(System.Net.IPAddress.Loopback, host.Client.BaseAddress!.Port);
            var protocol = upgrade.Length == 0 ? "" : $"Connection: Upgrade\r\nUpgrade: {upgrade}\r\n";
            await client.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes($"GET /streaming/{how} HTTP/1.1\r\nHost: a\r\n{protocol}\r\n"));
            return client;
        }
    }

    [Test]
    public async Task Headers_of_an_event_stream_arrive_before_its_first_event()
    {
        var gate = new Gate();
        await using var host = await StartAsync(gate);
        gate.Close();

        using var response = await host.Client.GetAsync("/streaming/started", HttpCompletionOption.ResponseHeadersRead).WaitAsync(Deadline);

        Assert.That(response.Headers.GetValues("Cache-Status"), Is.EqualTo(["RedisCached; fwd=uri-miss; detail=streamed"]));
        gate.Open();
        Assert.That(await response.Content.ReadAsStringAsync().WaitAsync(Deadline), Is.EqualTo("event"));
    }

    private static Task<CachedHost> StartAsync(Gate gate, Dictionary<string, string?>? settings = null) =>
        CachedHost.StartAsync([typeof(StreamingController)], settings, services => services.AddSingleton(gate));

    /// <summary>What an action waits at.</summary>
    public sealed class Gate
    {
        private readonly Channel<bool> _reached = Channel.CreateUnbounded<bool>();
        private TaskCompletionSource _open = new();

        public Task Opened => _open.Task;

        public void Close() => _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task ReachedAsync() => _reached.Reader.ReadAsync().AsTask().WaitAsync(Deadline);

        public Task WaitAsync()
        {
            _reached.Writer.TryWrite(true);
            return Opened;
        }

        public void Open() => _open.SetResult();
    }

    [ApiController, Route("streaming"), RedisCached(Seconds = 60)]
    public sealed class StreamingController(Gate gate) : ControllerBase
    {
        [HttpGet("flush")]
        public async Task GetFlush()
        {
            await Response.WriteAsync("first");
            await Response.Body.FlushAsync();
            await gate.Opened;
            await Response.WriteAsync(", last");
        }

        [HttpGet("events")]
        public Task GetEvents()
        {
            Response.ContentType = "text/event-stream";
            return WriteAsync();
        }

        [HttpGet("started")]
        public async Task GetStarted()
        {
            Response.ContentType = "text/event-stream";
            await Response.StartAsync();
            await gate.Opened;
            await Response.WriteAsync("event");
        }

        [HttpGet("waiting")]
        public async Task GetWaiting()
        {
            HttpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            await gate.WaitAsync();
            await Response.WriteAsync("event");
        }

        [HttpGet("socket")]
        public async Task GetSocket()
        {
            await using var socket = await HttpContext.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
            await gate.WaitAsync();
        }

        [HttpGet("unbuffered")]
        public Task GetUnbuffered()
        {
            HttpContext.Features.GetRequiredFeature<IHttpResponseBodyFeature>().DisableBuffering();
            return WriteAsync();
        }

        [HttpGet("result")]
        public IActionResult GetResult() => new Result(gate);

        [HttpGet("whole")]
        public IActionResult GetWhole() => Content("whole");

        private async Task WriteAsync()
        {
            await Response.WriteAsync("first");
            await gate.Opened;
            await Response.WriteAsync(", last");
        }
    }

    private sealed class Result(Gate gate) : IActionResult
    {
        public async Task ExecuteResultAsync(ActionContext context)
        {
            await using var writer = new StreamWriter(context.HttpContext.Response.Body);
            await writer.WriteAsync("first");
            await writer.FlushAsync();
            await gate.Opened;
            await writer.WriteAsync(", last");
        }
    }
}

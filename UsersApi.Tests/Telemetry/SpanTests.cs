using System.Collections.Concurrent;
using System.Diagnostics;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Telemetry;

/// <summary>Which spans a request has, and which go on behind it in traces of their own.</summary>
public sealed class SpanTests : ApiTest
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private ActivityListener _listener = null!;

    [SetUp]
    public async Task Listen()
    {
        await Api.UntilItCachesAsync();
        _ended.Clear();
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is "UsersApi.Caching" or "Microsoft.AspNetCore" or "Npgsql",
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    [TearDown]
    public void StopListening() => _listener.Dispose();

    [Test]
    public async Task A_miss_is_a_lookup_an_action_with_its_SQL_a_delivery_and_a_write_behind_that_is_linked()
    {
        var trace = await AskAsync(HttpMethod.Get, $"{Http.Users}?limit=7");
        await Eventually.HoldsAsync(() => Task.FromResult(LinkedTo(trace).Contains("cache write")), "the write behind");
        var action = SpansOf(trace).Single(span => span.OperationName == "cache action");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(SpansOf(trace).Select(span => span.OperationName), Is.SupersetOf(new[] { "cache lookup", "cache action", "cache delivery" }));
            Assert.That(SpansOf(trace).Single(span => span.Source.Name == "Npgsql" && span.ParentSpanId == action.SpanId), Is.Not.Null);
            Assert.That(SpansOf(trace).Single(span => span.OperationName == "cache delivery").GetTagItem("cache.reason"), Is.EqualTo("stored"));
        }
    }

    [Test]
    public async Task A_hit_is_a_delivery_and_runs_no_action()
    {
        var trace = await AskAsync(HttpMethod.Get, Http.Users);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(SpansOf(trace).Select(span => span.OperationName), Does.Contain("cache delivery").And.Not.Contain("cache action"));
            Assert.That(SpansOf(trace).Single(span => span.OperationName == "cache delivery").GetTagItem("cache.reason"), Is.EqualTo("hit"));
        }
    }

    [Test]
    public async Task A_write_has_its_eviction_and_is_linked_to_the_command_that_carried_it()
    {
        var trace = await AskAsync(HttpMethod.Post, Http.Users, """{"email":"ada@example.com"}""");
        await Eventually.HoldsAsync(() => Task.FromResult(LinkedTo(trace).Contains("cache eviction command")), "the command");

        Assert.That(
            SpansOf(trace).First(span => span.OperationName == "cache eviction").GetTagItem("cache.acknowledged"), Is.True);
    }

    private async Task<ActivityTraceId> AskAsync(HttpMethod method, string url, string? json = null)
    {
        var trace = ActivityTraceId.CreateRandom();
        using var request = new HttpRequestMessage(method, new Uri(url, UriKind.Relative)) { Content = json is null ? null : Http.Json(json) };
        request.Headers.Add("traceparent", $"00-{trace}-{ActivitySpanId.CreateRandom()}-01");
        using var response = await Client.SendAsync(request);
        Assert.That(response.IsSuccessStatusCode, Is.True);

        // The server ends its span after the client has its answer.
        await Eventually.HoldsAsync(() => Task.FromResult(SpansOf(trace).Any(span => span.Source.Name == "Microsoft.AspNetCore")), "the server's span");
        return trace;
    }

    private IReadOnlyList<Activity> SpansOf(ActivityTraceId trace) => [.. _ended.Where(span => span.TraceId == trace)];

    private IEnumerable<string> LinkedTo(ActivityTraceId trace) =>
        _ended.Where(span => span.TraceId != trace && span.Links.Any(link => link.Context.TraceId == trace)).Select(span => span.OperationName);
}

using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http.Timeouts;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Stale;

/// <summary>A request that the host's own limit cancels has a client who waits for an answer: whole, or none.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RequestTimeoutTests
{
    [Test]
    public async Task Half_of_an_answer_is_no_answer()
    {
        await using var host = await StartAsync();
        host.Services.GetRequiredService<Source>().IsHanging = true;

        var (first, second) = (await host.ExchangeAsync("GET", "/limited/rows"), await host.ExchangeAsync("GET", "/limited/rows"));

        Assert.That((first.Status, second.Status, first.Text), Is.EqualTo((504, 504, "")));
    }

    [TestCase("rows"), TestCase("action")]
    public async Task Stale_answer_takes_the_place_of_one_that_takes_too_long(string path)
    {
        await using var host = await StartAsync();
        var stored = await host.ExchangeAsync("GET", $"/limited/{path}");
        host.Time.Advance(TimeSpan.FromSeconds(61));
        host.Services.GetRequiredService<Source>().IsHanging = true;

        var stale = await host.ExchangeAsync("GET", $"/limited/{path}");

        Assert.That((stored.Outcome, stale.Status, stale.Text, stale.Outcome),
            Is.EqualTo(("fwd=uri-miss; stored", 200, stored.Text, "hit; ttl=-1; detail=stale-if-error")));
    }

    private static Task<CachedHost> StartAsync() => CachedHost.StartAsync(
        [typeof(LimitedController)], services: services => services.AddSingleton<Source>().AddRequestTimeouts(), pipeline: app =>
        {
            app.UseRouting();
            app.UseRequestTimeouts();
        });

    public sealed class Source
    {
        public bool IsHanging { get; set; }

        public Task AskAsync(CancellationToken cancellationToken) =>
            IsHanging ? Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken) : Task.CompletedTask;
    }

    [Route("limited"), RedisCached(Seconds = 60, StaleIfErrorSeconds = 600, Audience = CacheAudience.Everyone), RequestTimeout(500)]
    public sealed class LimitedController(Source source) : ControllerBase
    {
        [HttpGet("rows")]
        public async IAsyncEnumerable<int> GetRows([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            yield return 1;
            await source.AskAsync(cancellationToken);
            yield return 2;
        }

        [HttpGet("action")]
        public async Task<int> Get(CancellationToken cancellationToken)
        {
            await source.AskAsync(cancellationToken);
            return 1;
        }
    }
}

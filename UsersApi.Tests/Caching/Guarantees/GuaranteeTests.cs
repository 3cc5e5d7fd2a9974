using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Distributed;
using Moq;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Guarantees;

/// <summary>Guarantees that were broken by hand without any other test noticing: one test for each.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed partial class GuaranteeTests
{
    [Test]
    public async Task Write_is_not_acknowledged_before_its_eviction()
    {
        var evicted = new TaskCompletionSource<bool>();
        var began = new TaskCompletionSource();
        var versions = new Mock<ITagVersions>();
        versions.Setup(each => each.EvictAsync(It.IsAny<IReadOnlyCollection<string>>())).Callback(began.SetResult).Returns(evicted.Task);
        await using var host = await RunsController.StartAsync(services: services => services.AddSingleton(versions.Object), redis: "");

        var write = host.ExchangeAsync("PUT", "/runs/plain/1");
        await began.Task.WaitAsync(Runs.Deadline);
        // Another whole exchange: an answer that did not wait would be here by now.
        await host.ExchangeAsync("PUT", "/runs/plain/0");
        var isEarly = write.IsCompleted;
        evicted.SetResult(true);

        Assert.That((isEarly, (await write).Status), Is.EqualTo((false, 204)));
    }

    [Test]
    public async Task Response_in_the_queue_is_not_served_after_an_eviction()
    {
        var store = new Mock<IDistributedCache>();
        store.Setup(each => each.SetAsync(It.IsAny<string>(), It.IsAny<byte[]>(), It.IsAny<DistributedCacheEntryOptions>(), It.IsAny<CancellationToken>()))
            .Returns((string _, byte[] _, DistributedCacheEntryOptions _, CancellationToken cancel) => Task.Delay(Timeout.InfiniteTimeSpan, cancel));
        await using var host = await RunsController.StartAsync(
            new() { ["NearCacheBytes"] = "0", ["DrainTimeout"] = "00:00:00" }, services => services.AddKeyedSingleton(CacheStore.ServiceKey, store.Object), redis: "");
        var runs = host.Services.GetRequiredService<Runs>();
        runs.AnswerFromNowOn("before");
        await host.ExchangeAsync("GET", "/runs/plain/1");
        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Outcome, Is.EqualTo("hit; ttl=60"), "from the queue");
        await host.ExchangeAsync("PUT", "/runs/plain/1");
        runs.AnswerFromNowOn("after");

        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Text, Is.EqualTo("after"));
    }

    [Test]
    public async Task Entry_of_another_action_in_memory_is_a_miss()
    {
        await using var host = await RunsController.StartAsync();
        var runs = host.Services.GetRequiredService<Runs>();
        runs.AnswerFromNowOn("own");
        await host.ExchangeAsync("GET", "/runs/plain/1");
        await host.WrittenAsync();
        var near = host.Services.GetRequiredService<NearCache>();
        near.Keep(near.Find("get:/runs/plain/1")! with { Action = "another", Body = "another's"u8.ToArray() });

        Assert.That((await host.ExchangeAsync("GET", "/runs/plain/1")).Text, Is.EqualTo("own"));
    }

    [Test]
    public async Task Absent_header_is_another_answer_than_an_empty_one()
    {
        await using var host = await RunsController.StartAsync();
        var runs = host.Services.GetRequiredService<Runs>();
        runs.AnswerFromNowOn("absent");
        await host.ExchangeAsync("GET", "/runs/tenants/1");
        runs.AnswerFromNowOn("empty");

        Assert.That((await host.ExchangeAsync("GET", "/runs/tenants/1", ("X-Tenant", ""))).Text, Is.EqualTo("empty"));
        Assert.That((await host.ExchangeAsync("GET", "/runs/tenants/1")).Text, Is.EqualTo("absent"));
    }

    [Test]
    public async Task Subject_of_another_issuer_is_another_user()
    {
        await using var host = await RunsController.StartAsync(pipeline: app => app.Use((http, next) =>
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "1", null, http.Request.Headers["X-Issuer"].ToString())], "test"));
            return next(http);
        }));
        var runs = host.Services.GetRequiredService<Runs>();
        runs.AnswerFromNowOn("of a");
        await host.ExchangeAsync("GET", "/runs/mine/1", ("X-Issuer", "a"));
        runs.AnswerFromNowOn("of b");

        Assert.That((await host.ExchangeAsync("GET", "/runs/mine/1", ("X-Issuer", "b"))).Text, Is.EqualTo("of b"));
        Assert.That((await host.ExchangeAsync("GET", "/runs/mine/1", ("X-Issuer", "a"))).Text, Is.EqualTo("of a"));
    }

    [Test]
    public async Task Without_a_secret_what_is_for_one_user_is_for_one_process()
    {
        await using var first = await RunsController.StartAsync();
        await using var second = await RunsController.StartAsync(prefix: first.Prefix);
        foreach (var host in (CachedHost[])[first, second])
        {
            host.Services.GetRequiredService<Runs>().AnswerFromNowOn("alice's");
            await host.ExchangeAsync("GET", "/runs/mine/1", ("X-User", "alice"));
        }

        // Whoever reads Redis could try out subjects, if all processes hashed them in the same way.
        await Eventually.HoldsAsync(async () => (await first.KeysAsync()).Length == 2, "two keys in Redis");
    }

    [Test]
    public async Task Without_versions_nobody_joins_an_action_that_has_begun()
    {
        // Port 1 is closed: nothing listens there.
        await using var host = await RunsController.StartAsync(redis: "127.0.0.1:1");
        var runs = host.Services.GetRequiredService<Runs>();
        var first = host.ExchangeAsync("GET", "/runs/plain/1");
        var before = await runs.NextAsync();
        var second = host.ExchangeAsync("GET", "/runs/plain/1");
        var after = await runs.NextAsync();

        before.Answer("before");
        after.Answer("after");
        Assert.That(((await first).Text, (await second).Text), Is.EqualTo(("before", "after")));
    }

    [Test]
    public async Task Age_is_counted_from_when_the_response_was_made()
    {
        await using var host = await RunsController.StartAsync(new() { ["JitterPercent"] = "50" });
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("body");
        for (var id = 1; id <= 10; id++)
        {
            await host.ExchangeAsync("GET", $"/runs/plain/{id}");
        }

        host.Time.Advance(TimeSpan.FromSeconds(7));
        for (var id = 1; id <= 10; id++)
        {
            Assert.That((await host.ExchangeAsync("GET", $"/runs/plain/{id}"))["Age"], Is.EqualTo("7"));
        }
    }

    [Test]
    public async Task Cookie_that_the_action_adds_to_one_of_middleware_is_not_stored()
    {
        await using var host = await RunsController.StartAsync(pipeline: app => app.Use((http, next) =>
        {
            http.Response.Cookies.Append("outer", "1");
            return next(http);
        }));

        for (var i = 0; i < 2; i++)
        {
            var request = host.ExchangeAsync("GET", "/runs/plain/1");
            (await host.Services.GetRequiredService<Runs>().NextAsync()).Answer(http =>
            {
                http.Response.Cookies.Append("inner", "2");
                return new ContentResult { Content = "body" };
            });
            Assert.That((await request).Outcome, Is.EqualTo("fwd=uri-miss; detail=set-cookie"));
        }
    }

    [Test]
    public async Task Unsafe_action_without_tags_whose_path_no_cached_action_answers_evicts_nothing()
    {
        var versions = new Mock<ITagVersions>();
        versions.Setup(each => each.EvictAsync(It.IsAny<IReadOnlyCollection<string>>())).ReturnsAsync(true);
        await using var host = await CachedHost.StartAsync(
            [typeof(RunsController), typeof(UncachedController)],
            services: services =>
            {
                Runs.Register(services);
                services.AddSingleton(versions.Object);
            },
            redis: "");

        await host.ExchangeAsync("POST", "/uncached/1");
        versions.Verify(each => each.EvictAsync(It.IsAny<IReadOnlyCollection<string>>()), Times.Never);
        await host.ExchangeAsync("PUT", "/runs/plain/1");
        versions.Verify(each => each.EvictAsync(It.IsAny<IReadOnlyCollection<string>>()), Times.Once);
    }

    [ApiController, Route("uncached")]
    public sealed class UncachedController : ControllerBase
    {
        [HttpPost("{id:int}")]
        public IActionResult Post(int id) => Content($"{id}");
    }
}

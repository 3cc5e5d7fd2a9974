using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Early;

/// <summary>A hit leaves before binding where binding would do the same again, and nowhere else.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed partial class EarlyHitTests
{
    private const string Hit = "hit; ttl=60";

    [TestCase("/early/plain/1?n=3&text=a&utm_source=x"), TestCase("/early/pure?n=2"), TestCase("/early/inner")]
    public async Task Known_target_needs_no_controller(string target)
    {
        foreach (var early in (bool[])[true, false])
        {
            await using var host = await StartAsync(early);
            await host.ExchangeAsync("GET", target);
            var made = Count(host);

            var hit = await host.ExchangeAsync("GET", target);
            var head = await host.ExchangeAsync("HEAD", target);

            Assert.That((hit.Outcome, head.Outcome, Count(host)), Is.EqualTo((Hit, Hit, made)));
        }
    }

    [TestCase("/early/outer", 429), TestCase("/early/factory", 429), TestCase("/early/resource", 429), TestCase("/early/guarded", 401)]
    public async Task Filter_that_may_refuse_has_its_say_on_every_hit(string target, int status)
    {
        foreach (var early in (bool[])[true, false])
        {
            await using var host = await StartAsync(early);
            await host.ExchangeAsync("GET", target);
            Assert.That((await host.ExchangeAsync("GET", target)).Outcome, Is.EqualTo(Hit));

            var refused = await host.ExchangeAsync("GET", target, ("X-Refuse", "1"));

            Assert.That(refused.Status, Is.EqualTo(status));
        }
    }

    [Test]
    public async Task Authorization_before_the_endpoint_has_its_say_on_every_hit()
    {
        await using var host = await StartAsync(early: true, app => app.Use((http, next) =>
        {
            http.Response.StatusCode = 401;
            return http.Request.Headers.ContainsKey("X-Refuse") ? Task.CompletedTask : next(http);
        }));
        await host.ExchangeAsync("GET", "/early/inner");

        Assert.That((await host.ExchangeAsync("GET", "/early/inner", ("X-Refuse", "1"))).Status, Is.EqualTo(401));
    }

    [TestCase("/early/validated"), TestCase("/early/bound"), TestCase("/early/date?at=2026-01-02"), TestCase("/early/header"), TestCase("/early/model?name=a")]
    public async Task What_may_be_bound_or_judged_otherwise_the_next_time_is_bound_each_time(string target)
    {
        await using var host = await StartAsync(early: true);
        await host.ExchangeAsync("GET", target);
        var made = Count(host);

        Assert.That((await host.ExchangeAsync("GET", target)).Outcome, Is.EqualTo(Hit));
        Assert.That(Count(host), Is.EqualTo(made + 1));
    }

    [Test]
    public async Task Invalid_target_is_never_remembered()
    {
        await using var host = await StartAsync(early: true);
        await host.ExchangeAsync("GET", "/early/plain/1?n=9");

        Assert.That((await host.ExchangeAsync("GET", "/early/plain/1?n=10")).Status, Is.EqualTo(400));
        Assert.That((await host.ExchangeAsync("GET", "/early/plain/1?n=10")).Status, Is.EqualTo(400));
    }

    [Test]
    public async Task Start_says_which_actions_go_the_whole_way_and_why()
    {
        var logs = new CollectedLogs();
        await using var host = await StartAsync(early: true, services: services => services.AddLogging(logging => logging.AddProvider(logs)));
        await host.ExchangeAsync("GET", "/early/inner");

        Assert.That(logs.At(LogLevel.Information).Where(line => line.Contains("go the whole way", StringComparison.Ordinal)).Select(line => line.Split("because ")[1].Trim()), Is.EquivalentTo([
            "of an authorization filter.", "of the filter OuterFilterAttribute.", "of the filter OuterFilterAttribute.", "of the filter ResourceFilterAttribute.",
            "of how the argument n is bound or validated.", "of how the argument n is bound or validated.", "of how the argument at is bound or validated.",
            "an argument comes from a header.", "of how the argument model is bound or validated.",
        ]));
    }

    private static int Count(CachedHost host) => host.Services.GetRequiredService<Made>().Count;

    private static Task<CachedHost> StartAsync(bool early, Action<WebApplication>? pipeline = null, Action<IServiceCollection>? services = null) => CachedHost.StartAsync(
        [typeof(EarlyController)], services: collection =>
        {
            collection.AddSingleton<Made>();
            services?.Invoke(collection);
        },
        pipeline: pipeline, early: early);
}

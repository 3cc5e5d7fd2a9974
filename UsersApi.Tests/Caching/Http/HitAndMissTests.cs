using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class HitAndMissTests
{
    [Test]
    public async Task Hit_does_not_run_the_action()
    {
        await using var host = await CachedHost.StartAsync([typeof(CountingController)], services: services => services.AddSingleton<Counter>());

        var miss = await host.GetAsync("/counting?limit=20");
        var hit = await host.GetAsync("/counting?skip=0&limit=020&utm_source=x");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(miss.Headers.GetValues("Cache-Status"), Is.EqualTo(["RedisCached; fwd=uri-miss; stored"]));
            Assert.That(hit.Headers.GetValues("Cache-Status"), Is.EqualTo(["RedisCached; hit; ttl=60"]));
            Assert.That(await hit.Content.ReadAsByteArrayAsync(), Is.EqualTo(await miss.Content.ReadAsByteArrayAsync()));
            Assert.That(host.Services.GetRequiredService<Counter>().Runs, Is.EqualTo(1));
        }
    }

    public sealed class Counter
    {
        public int Runs { get; set; }
    }

    [ApiController, Route("counting")]
    public sealed class CountingController(Counter counter) : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
        public ActionResult<int[]> Get(int skip = 0, int limit = 20) => new[] { ++counter.Runs, skip, limit };
    }
}

using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>What tells a shared cache in front how long a copy is good, and when it no longer is.</summary>
public sealed class CacheGroupTests
{
    private static readonly Dictionary<string, string?> Groups = new() { ["CacheGroups"] = "true" };

    [Test]
    public async Task Groups_are_the_same_on_a_miss_a_hit_and_a_304()
    {
        await using var host = await StartAsync(Groups);
        var miss = await host.ExchangeAsync("GET", "/groups/5");
        var hit = await host.ExchangeAsync("GET", "/groups/5");
        var unchanged = await host.ExchangeAsync("GET", "/groups/5", ("If-None-Match", hit["ETag"]));

        Assert.That((miss.Outcome, hit.Outcome[..3], unchanged.Status), Is.EqualTo(("fwd=uri-miss; stored", "hit", 304)));
        Assert.That(miss["Cache-Groups"], Does.Match("^\"path:[0-9a-f]{1,4}\", \"users\", \"user:[0-9a-f]{1,4}\"$"));
        Assert.That(new[] { hit["Cache-Groups"], unchanged["Cache-Groups"] }, Has.All.EqualTo(miss["Cache-Groups"]));
    }

    [Test]
    public async Task Write_invalidates_the_groups_of_what_it_evicts()
    {
        await using var host = await StartAsync(Groups);
        var read = await host.ExchangeAsync("GET", "/groups/5");
        var write = await host.ExchangeAsync("PUT", "/groups/5");

        Assert.That(write["Cache-Group-Invalidation"].Split(", "), Is.EquivalentTo(read["Cache-Groups"].Split(", ")));
    }

    [Test]
    public async Task Write_that_is_refused_invalidates_nothing()
    {
        await using var host = await StartAsync(Groups);

        Assert.That((await host.ExchangeAsync("PUT", "/groups/0"))["Cache-Group-Invalidation"], Is.Empty);
    }

    [Test]
    public async Task No_group_holds_the_value_of_an_argument()
    {
        await using var host = await StartAsync(Groups);
        var read = await host.ExchangeAsync("GET", "/groups/by-email?email=jim@example.com");

        Assert.That(read["Cache-Groups"], Does.Contain("\"email:").And.Not.Contain("jim"));
    }

    [Test]
    public async Task Nothing_is_said_unless_it_is_asked_for()
    {
        await using var host = await StartAsync([]);
        var (read, write) = (await host.ExchangeAsync("GET", "/groups/5"), await host.ExchangeAsync("PUT", "/groups/5"));

        Assert.That((read["Cache-Groups"], write["Cache-Group-Invalidation"]), Is.EqualTo(("", "")));
    }

    [TestCase("/groups/5", "max-age=0, must-revalidate, s-maxage=50", "max-age=0, must-revalidate, s-maxage=60")]
    [TestCase("/groups/both/5", "max-age=10, s-maxage=30", "max-age=50, s-maxage=60")]
    public async Task Shared_cache_gets_the_smaller_of_its_time_and_the_freshness_left_and_the_age(string target, string miss, string hit)
    {
        await using var host = await StartAsync([]);
        var first = await host.ExchangeAsync("GET", target);
        host.Time.Advance(TimeSpan.FromSeconds(40));
        var later = await host.ExchangeAsync("GET", target);

        Assert.That((first["Cache-Control"], later["Cache-Control"], later["Age"]), Is.EqualTo((miss, hit, "40")));
    }

    [Test]
    public async Task Private_answer_says_nothing_to_shared_caches()
    {
        await using var host = await CachedHost.StartAsync([typeof(GroupsController)], pipeline: app => app.Use((http, next) =>
        {
            http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", "ada")], "test"));
            return next(http);
        }));
        var answer = await host.ExchangeAsync("GET", "/groups/mine/5");

        Assert.That((answer.Outcome, answer["Cache-Control"]), Is.EqualTo(("fwd=uri-miss; stored", "private, no-cache")));
    }

    private static Task<CachedHost> StartAsync(Dictionary<string, string?> settings) =>
        CachedHost.StartAsync([typeof(GroupsController)], settings);
}

/// <summary>Actions for shared caches.</summary>
[ApiController, Route("groups")]
public sealed class GroupsController : ControllerBase
{
    [HttpGet("{id:int}"), RedisCached(Seconds = 60, SharedSeconds = 50, Tags = ["users", "user:{id}"], Audience = CacheAudience.Everyone)]
    public string Get(int id) => $"user {id}";

    [HttpPut("{id:int}"), RedisCacheEvict("users", "user:{id}")]
    public IActionResult Put(int id) => id > 0 ? NoContent() : BadRequest();

    [HttpGet("both/{id:int}"), RedisCached(Seconds = 60, ClientSeconds = 10, SharedSeconds = 30, Audience = CacheAudience.Everyone)]
    public string GetBoth(int id) => $"user {id}";

    [HttpGet("mine/{id:int}"), RedisCached(Seconds = 60, SharedSeconds = 30, Audience = CacheAudience.PerUser)]
    public string GetMine(int id) => $"user {id}";

    [HttpGet("by-email"), RedisCached(Seconds = 60, Tags = ["email:{email}"], Audience = CacheAudience.Everyone)]
    public string GetByEmail([HashedInKey] string email) => $"{email.Length}";
}

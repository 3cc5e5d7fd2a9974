using System.Security.Claims;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Inputs;

/// <summary>A request that several schemes have authenticated, of each user alone: an action may look at any of its identities.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ManyIdentitiesTests
{
    private static readonly ClaimsIdentity Gateway = new([new("sub", "gateway")], "bearer");

    [TestCase("ann|gateway", "bob|gateway"), TestCase("gateway|ann", "gateway|bob"), TestCase("ann|gateway", "gateway|ann"), TestCase("ann", "ann|gateway")]
    [TestCase("ann|", "bob|"), TestCase("ann|?bob", "ann|?eve")]
    public async Task Every_one_of_them_selects(string one, string other)
    {
        await using var host = await StartAsync();

        foreach (var expected in (string[])["fwd=uri-miss; stored", "hit; ttl=60"])
        {
            foreach (var users in (string[])[one, other])
            {
                var answer = await host.ExchangeAsync("GET", "/identities", ("X-Users", users));
                Assert.That((answer.Text, answer.Outcome), Is.EqualTo((users, expected)));
            }
        }
    }

    [TestCase("?ann|gateway"), TestCase("|gateway")]
    public async Task Whose_first_one_is_nobodys_is_served_alone(string users)
    {
        await using var host = await StartAsync();

        for (var i = 0; i < 2; i++)
        {
            var answer = await host.ExchangeAsync("GET", "/identities", ("X-Users", users));
            Assert.That((answer.Text, answer.Outcome), Is.EqualTo((users, "fwd=bypass; detail=no-subject")));
        }
    }

    private static Task<CachedHost> StartAsync() => CachedHost.StartAsync([typeof(IdentitiesController)], pipeline: app =>
    {
        app.Use((http, next) =>
        {
            http.User = new ClaimsPrincipal(http.Request.Headers["X-Users"].ToString().Split('|').Select(IdentityOf));
            return next(http);
        });
        app.UseRouting();
    });

    // With a question mark, a name that nobody has vouched for.
    private static ClaimsIdentity IdentityOf(string user) => user switch
    {
        "gateway" => Gateway,
        "" => new ClaimsIdentity([], "key"),
        ['?', .. var claimed] => new ClaimsIdentity([new(ClaimTypes.NameIdentifier, claimed)]),
        _ => new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user)], "cookies"),
    };

    [Route("identities"), RedisCached(Seconds = 60, Audience = CacheAudience.PerUser)]
    public sealed class IdentitiesController : ControllerBase
    {
        [HttpGet]
        public IActionResult Get() => Content(string.Join('|', User.Identities.Select(NameOf)));

        private static string NameOf(ClaimsIdentity identity) =>
            (identity.IsAuthenticated ? "" : "?") + ((identity.FindFirst("sub") ?? identity.FindFirst(ClaimTypes.NameIdentifier))?.Value ?? "");
    }
}

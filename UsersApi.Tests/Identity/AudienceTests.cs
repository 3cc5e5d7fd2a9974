using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

/// <summary>Two users of one tenant and one of another, with tokens of an issuer, through the whole of the pipeline.</summary>
public sealed class AudienceTests() : SharedApiTest("Production")
{
    private const string Hit = "; hit; ";
    // Whatever other tests have left behind, which is evicted.
    private const string Stored = "; stored";
    private const string Credentials = "fwd=bypass; detail=credentials";

    private static string Ada => TestServers.Issuer.CreateToken("ada", tenant: "red");

    private static string Bob => TestServers.Issuer.CreateToken("bob", tenant: "red");

    private static string Eve => TestServers.Issuer.CreateToken("eve", tenant: "blue");

    private static string Expired => TestServers.Issuer.CreateToken("ada", tenant: "red", change: token => token.Expires = DateTime.UtcNow.AddMinutes(-1));

    [SetUp]
    public Task UntilItCaches() => Api.UntilItCachesAsync();

    [Test]
    public async Task Anonymous_never_gives_to_one_what_was_made_for_another()
    {
        var nobodys = await GetAsync("anonymous", null, Stored);
        var adas = await GetAsync("anonymous", Ada, Credentials);
        var bobs = await GetAsync("anonymous", Bob, Credentials);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((nobodys[..7], adas[..4], bobs[..4]), Is.EqualTo(("nobody ", "ada ", "bob ")));
            Assert.That(await GetAsync("anonymous", null, Hit), Is.EqualTo(nobodys));
            Assert.That(await GetAsync("anonymous", Expired, Credentials), Does.StartWith("nobody "), "whoever shows credentials wants more than all may see");
        }
    }

    [Test]
    public async Task Everyone_shares_one_answer_whoever_asks_first()
    {
        var first = await GetAsync("everyone", Ada, Stored);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await GetAsync("everyone", Eve, Hit), Is.EqualTo(first), "a token is no reason not to hit");
            Assert.That(await GetAsync("everyone", Expired, Hit), Is.EqualTo(first));
            Assert.That(await GetAsync("everyone", null, Hit), Is.EqualTo(first));
        }
    }

    [Test]
    public async Task PerUser_has_one_answer_for_each_and_none_for_nobody()
    {
        var adas = await GetAsync("mine", Ada, Stored);
        var eves = await GetAsync("mine", Eve, Stored);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((adas[..4], eves[..4]), Is.EqualTo(("ada ", "eve ")));
            Assert.That(await GetAsync("mine", Ada, Hit), Is.EqualTo(adas), "another token of the same user");
            Assert.That(await GetAsync("mine", Eve, Hit), Is.EqualTo(eves));
            Assert.That(await GetAsync("mine", null, "detail=no-subject"), Does.StartWith("nobody "));
            Assert.That(await GetAsync("mine", Expired, "detail=no-subject"), Does.StartWith("nobody "), "who was ada is not");
        }
    }

    [Test]
    public async Task PerUser_keeps_apart_one_subject_of_two_issuers()
    {
        await using var other = await TestIssuer.StartAsync();
        await using var one = StartNode(TestServers.Issuer);
        await using var two = StartNode(other);
        await Task.WhenAll(one.UntilItCachesAsync(), two.UntilItCachesAsync());
        var adas = await GetAsync("mine", Ada, Stored, one);
        await one.StopAsync();
        await using var again = StartNode(TestServers.Issuer);
        await again.UntilItCachesAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await GetAsync("mine", other.CreateToken("ada", tenant: "red"), Stored, two), Is.Not.EqualTo(adas));
            Assert.That(await GetAsync("mine", Ada, Hit, again), Is.EqualTo(adas), "with one secret, nodes share it");
        }
    }

    [TestCase("members/everyone")]
    [TestCase("members/mine")]
    public async Task What_needs_a_user_is_given_to_nobody_else_cached_or_not(string path)
    {
        await RefusedAsync(path, null, HttpStatusCode.Unauthorized);
        await GetAsync(path, Ada, Stored);
        await GetAsync(path, Ada, Hit);

        await RefusedAsync(path, null, HttpStatusCode.Unauthorized);
        await RefusedAsync(path, Expired, HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task A_filter_of_MVC_has_its_say_before_a_hit()
    {
        var first = await GetAsync("tenants/red", Ada, Stored);

        Assert.That(await GetAsync("tenants/red", Bob, Hit), Is.EqualTo(first));
        await RefusedAsync("tenants/red", Eve, HttpStatusCode.Forbidden);
        await RefusedAsync("tenants/red", null, HttpStatusCode.Unauthorized);
        Assert.That(await GetAsync("tenants/blue", Eve, Stored), Does.StartWith("blue: all "));
    }

    [Test]
    public async Task A_user_of_two_tenants_has_an_answer_in_each()
    {
        var blue = TestServers.Issuer.CreateToken("ada", tenant: "blue");
        var inRed = await GetAsync("tenants/red/mine", Ada, Stored);
        var inBlue = await GetAsync("tenants/blue/mine", blue, Stored);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await GetAsync("tenants/red/mine", Ada, Hit), Is.EqualTo(inRed));
            Assert.That(await GetAsync("tenants/blue/mine", blue, Hit), Is.EqualTo(inBlue));
            Assert.That(await GetAsync("tenants/red/mine", Bob, Stored), Does.StartWith("red: bob "));
        }

        await RefusedAsync("tenants/red/mine", blue, HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task An_answer_for_one_user_is_not_given_to_another_who_has_its_entity_tag()
    {
        using var adas = await Api.Anonymous.FetchAsync("/audience/mine", Ada);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri("/audience/mine", UriKind.Relative));
        request.Headers.Authorization = new("Bearer", Bob);
        request.Headers.TryAddWithoutValidation("If-None-Match", adas.Headers.ETag!.ToString());

        using var bobs = await Api.Anonymous.SendAsync(request);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(bobs.StatusCode, Is.EqualTo(HttpStatusCode.OK));
            Assert.That(adas.Headers.CacheControl?.Private, Is.True);
            Assert.That(await bobs.Content.ReadAsStringAsync(), Does.Contain("bob "));
        }
    }

    [Test]
    public async Task Neither_tokens_nor_subjects_reach_Redis()
    {
        // Longer than what turns up in hashes by chance.
        var token = TestServers.Issuer.CreateToken("grace-hopper", tenant: "red");
        await GetAsync("mine", token, Stored);

        await Eventually.HoldsAsync(() => Task.FromResult(Api.Services.GetRequiredService<CacheWriteQueue>().Count == 0), "it is written");

        var keys = await TestRedis.ReadKeysAsync(Api.Prefix);
        Assert.That(keys, Does.Contain("/audience/mine").And.Not.Contain("grace").And.Not.Contain(token.Split('.')[2]));
    }

    private UsersApiHost StartNode(TestIssuer issuer) => Api.StartAnother(
        ("Authentication:Schemes:Bearer:Authority", issuer.Url),
        ("Authentication:Schemes:Bearer:ValidAudience", TestIssuer.Audience),
        ("RedisCached:KeySecret", "one secret for all of the nodes"));

    private async Task<string> GetAsync(string path, string? token, string status, UsersApiHost? api = null)
    {
        using var response = await (api ?? Api).Anonymous.FetchAsync($"/audience/{path}", token);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(response.Headers.GetValues("Cache-Status").Single(), Does.Contain(status));
        return (await response.BodyAsync()).GetString()!;
    }

    private async Task RefusedAsync(string path, string? token, HttpStatusCode status)
    {
        using var response = await Api.Anonymous.FetchAsync($"/audience/{path}", token);
        await response.ProblemAsync(status);
        Assert.That(response.Headers.WwwAuthenticate.Single().ToString(), Does.StartWith("Bearer realm=\"UsersApi\""));
        Assert.That(response.Headers.Contains("Cache-Status"), Is.False, "the cache was not asked");
    }
}

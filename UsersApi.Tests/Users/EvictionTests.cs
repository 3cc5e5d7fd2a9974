using System.Net;
using System.Text.Json;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

/// <summary>What one node has acknowledged, the other serves from the next request on; the outbox has no part in it.</summary>
public sealed class EvictionTests
{
    private static readonly (string, string) NoRelay = ("Outbox:Enabled", "false");

    private UsersApiHost _one = null!;
    private UsersApiHost _other = null!;

    [SetUp]
    public async Task StartNodes()
    {
        _one = await UsersApiHost.StartAsync(settings: NoRelay);
        _other = _one.StartAnother(NoRelay);
    }

    [TearDown]
    public async Task StopNodes()
    {
        await _other.DisposeAsync();
        await _one.DisposeAsync();
    }

    [Test]
    public async Task A_replaced_user_is_new_everywhere()
    {
        var url = Http.UrlOf(await _one.Client.CreateUserAsync("ada@example.com", "Ada"));
        for (var version = 2; version < 20; version++)
        {
            await _other.Client.GetJsonAsync(url);
            await _other.Client.GetJsonAsync(Http.Users);
            using var written = await _one.Client.SendAsync(HttpMethod.Put, url, """{ "email": "ada@example.com" }""");

            using (Assert.EnterMultipleScope())
            {
                Assert.That(VersionOf(await _other.Client.GetJsonAsync(url)), Is.EqualTo(version));
                Assert.That(VersionOf((await _other.Client.GetJsonAsync(Http.Users))[0]), Is.EqualTo(version));
            }
        }
    }

    [Test]
    public async Task A_deleted_user_is_gone_everywhere()
    {
        var url = Http.UrlOf(await _one.Client.CreateUserAsync("ada@example.com"));
        await _other.Client.GetJsonAsync(url);

        using var deleted = await _one.Client.SendAsync(HttpMethod.Delete, url);

        using var read = await _other.Client.FetchAsync(url);
        Assert.That(read.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task New_users_are_in_the_lists_of_every_node()
    {
        Assert.That((await _other.Client.GetJsonAsync(Http.Users)).GetArrayLength(), Is.Zero);

        await _one.Client.CreateUserAsync("ada@example.com");
        Assert.That((await _other.Client.GetJsonAsync(Http.Users)).GetArrayLength(), Is.EqualTo(1));

        using var bulk = await _one.Client.SendAsync(HttpMethod.Post, $"{Http.Users}/bulk", """[{ "email": "bob@example.com" }]""");
        Assert.That((await _other.Client.GetJsonAsync(Http.Users)).GetArrayLength(), Is.EqualTo(2));
    }

    private static long VersionOf(JsonElement user) => user.GetProperty("version").GetInt64();
}

using System.Net;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

/// <summary>A write that never reached Postgres has changed nothing, and takes nothing from those who read.</summary>
public sealed class RefusedWriteTests
{
    private UsersApiHost _api = null!;
    private ChaosProxy _link = null!;
    private string _user = null!;

    [SetUp]
    public async Task StoreAndLosePostgres()
    {
        _api = await UsersApiHost.StartBehindAsync(
            database =>
            {
                _link = new ChaosProxy(database.Host!, database.Port, seed: 1, slowShare: 0);
                (database.Host, database.Port) = ("127.0.0.1", _link.Port);
                return database.ConnectionString;
            },
            TimeProvider.System);
        _user = Http.UrlOf(await _api.Client.CreateUserAsync("ada@example.com"));
        await Eventually.HoldsAsync(
            async () => await _api.Database.ScalarAsync<long>("SELECT count(*) FROM outbox") == 0, "nothing is left to evict");
        await Eventually.HoldsAsync(() => IsHitAsync(Http.Users), "the list is stored");
        await Eventually.HoldsAsync(() => IsHitAsync(_user), "the user is stored");
        _link.Dispose();
        await Eventually.HoldsAsync(
            () => Task.FromResult(_api.Logs.At(LogLevel.Warning).Any(line => line.Contains("The outbox relay fails", StringComparison.Ordinal))),
            "the loss of Postgres is noticed");
    }

    [TearDown]
    public async Task StopApi()
    {
        await _api.DisposeAsync();
        _link.Dispose();
    }

    [Test]
    public async Task What_is_stored_stays()
    {
        await IsUnavailableAsync(HttpMethod.Post, Http.Users, """{ "email": "bob@example.com" }""");
        await IsUnavailableAsync(HttpMethod.Post, $"{Http.Users}/bulk", """[{ "email": "bob@example.com" }]""");
        await IsUnavailableAsync(HttpMethod.Put, _user, """{ "email": "bob@example.com" }""");
        await IsUnavailableAsync(HttpMethod.Patch, _user, """{ "fullName": "Bob" }""");
        await IsUnavailableAsync(HttpMethod.Delete, _user);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await IsHitAsync(Http.Users), Is.True);
            Assert.That(await IsHitAsync(_user), Is.True);
        }
    }

    [Test]
    public async Task What_is_not_valid_is_still_told_so()
    {
        using var response = await _api.Client.SendAsync(HttpMethod.Post, Http.Users, """{ "email": "nobody" }""");

        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }

    private async Task<bool> IsHitAsync(string url)
    {
        using var response = await _api.Client.FetchAsync(url);
        return response.Headers.TryGetValues("Cache-Status", out var status) && status.Single().Contains("; hit", StringComparison.Ordinal);
    }

    private async Task IsUnavailableAsync(HttpMethod method, string url, string? json = null)
    {
        using var response = await _api.Client.SendAsync(method, url, json);
        await response.ProblemAsync(HttpStatusCode.ServiceUnavailable);
    }
}

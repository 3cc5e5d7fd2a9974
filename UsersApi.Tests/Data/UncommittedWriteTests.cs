using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

/// <summary>A write that is known not to have been committed evicts nothing; one of which nobody knows evicts.</summary>
public sealed class UncommittedWriteTests : ApiTest
{
    private const string ReadOnly = "RAISE EXCEPTION USING ERRCODE = '25006'";
    private const string TimedOut = "RAISE EXCEPTION USING ERRCODE = '57014'";
    private const string Constraint = "RAISE EXCEPTION USING ERRCODE = '23514'";
    private const string Lost = "PERFORM pg_terminate_backend(pg_backend_pid()); PERFORM pg_sleep(60)";
    private static readonly string[] Failures = [ReadOnly, TimedOut, Constraint, Lost];
    private static readonly string[] Writes = ["POST", "bulk", "PUT", "PATCH", "DELETE"];

    private string _user = null!;

    [SetUp]
    public async Task StoreReads()
    {
        _user = Http.UrlOf(await Client.CreateUserAsync("ada@example.com"));
        await Eventually.HoldsAsync(
            async () => await Api.Database.ScalarAsync<long>("SELECT count(*) FROM outbox") == 0, "nothing is left to evict");
        await Eventually.HoldsAsync(() => IsHitAsync(Http.Users), "the list is stored");
        await Eventually.HoldsAsync(() => IsHitAsync(_user), "the user is stored");
    }

    [Test]
    public async Task A_write_that_fails_before_its_commit_takes_nothing_from_those_who_read(
        [ValueSource(nameof(Writes))] string write, [ValueSource(nameof(Failures))] string failure)
    {
        await FailAsync("CREATE TRIGGER fail AFTER INSERT OR UPDATE OR DELETE ON users FOR EACH STATEMENT", failure);

        using var response = await WriteAsync(write);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)response.StatusCode, Is.AnyOf(500, 503));
            Assert.That(await IsHitAsync(Http.Users), Is.True);
            Assert.That(await IsHitAsync(_user), Is.True);
        }
    }

    [Test]
    public async Task A_write_whose_commit_fails_may_have_been_made_and_evicts(
        [ValueSource(nameof(Writes))] string write, [Values(Constraint, Lost)] string failure)
    {
        const string AtCommit = "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW";
        await FailAsync($"CREATE CONSTRAINT TRIGGER fail AFTER INSERT OR UPDATE OR DELETE ON users {AtCommit}", failure);

        using var response = await WriteAsync(write);

        using (Assert.EnterMultipleScope())
        {
            Assert.That((int)response.StatusCode, Is.AnyOf(500, 503));
            Assert.That(await IsHitAsync(Http.Users), Is.False);
        }
    }

    private Task FailAsync(string trigger, string failure) => Api.Database.ExecuteAsync($"""
        CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {failure}; RETURN NULL; END $$;
        {trigger} EXECUTE FUNCTION fail()
        """);

    private async Task<bool> IsHitAsync(string url)
    {
        using var response = await Client.FetchAsync(url);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        return response.Headers.GetValues("Cache-Status").Single().Contains("; hit", StringComparison.Ordinal);
    }

    private Task<HttpResponseMessage> WriteAsync(string write) => write switch
    {
        "POST" => Client.SendAsync(HttpMethod.Post, Http.Users, """{"email":"bob@example.com"}"""),
        "bulk" => Client.SendAsync(HttpMethod.Post, $"{Http.Users}/bulk", """[{"email":"bob@example.com"}]"""),
        "PUT" => Client.SendAsync(HttpMethod.Put, _user, """{"email":"ada@example.com"}"""),
        "PATCH" => Client.SendAsync(HttpMethod.Patch, _user, """{"fullName":"Ada"}"""),
        _ => Client.SendAsync(HttpMethod.Delete, _user),
    };
}

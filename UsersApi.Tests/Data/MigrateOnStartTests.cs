using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

public sealed class MigrateOnStartTests
{
    [Test]
    public async Task Migrations_run_before_the_first_request_where_configured()
    {
        await using var api = await UsersApiHost.StartEmptyAsync(("Postgres:MigrateOnStart", "true"));

        Assert.That((await api.Client.GetJsonAsync(Http.Users)).GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task Migrations_do_not_run_by_themselves()
    {
        await using var api = await UsersApiHost.StartEmptyAsync();

        Assert.That(await api.Database.ScalarAsync<string>("SELECT to_regclass('users')::text"), Is.Null);
    }
}

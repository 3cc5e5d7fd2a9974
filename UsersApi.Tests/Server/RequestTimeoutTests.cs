using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

public sealed class RequestTimeoutTests
{
    [Test]
    public async Task What_takes_too_long_is_given_up_with_a_504()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Server:RequestTimeout", "00:00:01"));

        using var response = await api.Client.FetchAsync("/misbehaving/hang");

        await response.ProblemAsync(HttpStatusCode.GatewayTimeout);
    }

    [Test]
    public async Task A_query_that_takes_too_long_is_given_up_too_cached_or_not([Values("", "/nocache")] string list)
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Server:RequestTimeout", "00:00:01"));
        await using var connection = await api.Database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await using var command = connection.CreateCommand();
        command.CommandText = "LOCK TABLE users IN ACCESS EXCLUSIVE MODE";
        await command.ExecuteNonQueryAsync();

        using var response = await api.Client.FetchAsync(Http.Users + list);
        await transaction.RollbackAsync();

        await response.ProblemAsync(HttpStatusCode.GatewayTimeout);
        Assert.That((await api.Client.GetJsonAsync(Http.Users + list)).GetArrayLength(), Is.Zero, "and then it is served again");
    }
}

using Npgsql;
using UsersApi.Data;

namespace UsersApi.Tests.Data;

public sealed class PostgresDataSourceTests
{
    [TestCase("Host=db", "Disable", TestName = "Encryption_by_GSS_is_not_tried_where_nobody_asks_for_it")]
    [TestCase("Host=db;GSS Encryption Mode=Prefer", "Prefer", TestName = "Encryption_by_GSS_is_tried_where_the_connection_string_asks_for_it")]
    public async Task Encryption_by_GSS(string connectionString, string expected)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection([new("ConnectionStrings:Postgres", connectionString)]).Build();
        await using var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddPostgres(configuration).BuildServiceProvider();

        var actual = new NpgsqlConnectionStringBuilder(services.GetRequiredService<PostgresHosts>().All[0].Source.ConnectionString);

        Assert.That(actual.GssEncryptionMode.ToString(), Is.EqualTo(expected));
    }
}

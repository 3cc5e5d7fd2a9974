using Npgsql;
using UsersApi.Data;
using UsersApi.Tests.Chaos;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Data;

public sealed class PrimaryPositionTests
{
    [Test]
    public async Task Who_comes_while_a_question_is_under_way_shares_the_next_one()
    {
        await using var database = await TestDatabase.CreateAsync();
        var connection = new NpgsqlConnectionStringBuilder(database.ConnectionString);
        using var link = new LatentProxy(connection.Host!, connection.Port);
        (connection.Host, connection.Port, connection.ApplicationName) = ("127.0.0.1", link.Port, "position");
        await using var source = NpgsqlDataSource.Create(connection.ConnectionString);
        var hosts = new PostgresHosts([new PostgresHost("", source, source)], TimeProvider.System);
        var position = new PrimaryPosition(new PostgresPrimary(hosts), hosts);
        await position.AskAsync(CancellationToken.None);
        var asked = await LastQuestionAsync(database);
        link.Latency = TimeSpan.FromSeconds(1);
        var first = position.AskAsync(CancellationToken.None);
        await Eventually.HoldsAsync(async () => await LastQuestionAsync(database) > asked, "the question is answered, and the answer on its way");
        await database.ExecuteAsync("CREATE TABLE written_meanwhile (id int)");
        var written = await database.ScalarAsync<long>("SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint");

        var later = await Task.WhenAll(position.AskAsync(CancellationToken.None), position.AskAsync(CancellationToken.None));

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await first).Lsn, Is.LessThan(written));
            Assert.That(later[0].Lsn, Is.GreaterThanOrEqualTo(written));
            Assert.That(later[1], Is.EqualTo(later[0]));
        }
    }

    private static Task<DateTime> LastQuestionAsync(TestDatabase database) => database.ScalarAsync<DateTime>(
        "SELECT max(query_start) FROM pg_stat_activity WHERE application_name = 'position' AND query LIKE '%pg_walfile_name%' ");
}

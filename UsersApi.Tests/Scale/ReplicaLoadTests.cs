using System.Globalization;
using UsersApi.Tests.Chaos;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>
/// Measures how much of the work of misses a replica takes from its primary: the figures of docs/postgres-replicas.md. What it asserts is
/// free of the machine's speed: on a busy one the replica is late more often, and then the primary answers.
/// </summary>
[TestFixture, Category("Scale"), FixtureLifeCycle(LifeCycle.InstancePerTestCase), NonParallelizable]
public sealed class ReplicaLoadTests
{
    private const int Unmeasured = 50;
    private const int Misses = 400;

    [TestCase(20, 1), TestCase(20, 16), TestCase(1000, 16)]
    public async Task Each_miss_is_read_once_and_alike_with_a_replica_and_without_it(int rows, int clients)
    {
        using var postgres = await ReplicatedPostgres.StartAsync();
        await using var without = await postgres.StartApiAsync(readsReplicas: false);
        await ReplicatedPostgres.ExecuteAsync(postgres.Primary, """
            INSERT INTO users (id, created_at, updated_at, email, full_name)
            SELECT gen_random_uuid(), now(), now(), 'user' || number || '@example.com', 'User ' || number
            FROM generate_series(1, 5000) AS number;
            """);
        await postgres.CaughtUpAsync();
        await using var with = await postgres.StartApiAsync();
        using var reads = CountedReads.In(with.Services);
        await Eventually.HoldsAsync(
            async () =>
            {
                await with.Client.GetJsonAsync($"{Http.Users}/nocache");
                return reads.ByReplica > 10;
            },
            "the replica is read from",
            TimeSpan.FromSeconds(30));

        var (total, byReplica) = (reads.Total, reads.ByReplica);
        var (pagesOfPrimary, byPrimary) = await ReadAsync(postgres.Primary, without, rows, clients);
        var (pages, withReplica) = await ReadAsync(postgres.Primary, with, rows, clients);

        await TestContext.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows} rows, {clients} clients: {byPrimary:F3} ms of the primary's processor a miss without the replica, {withReplica:F3} ms with it; {reads}"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(pages, Is.EqualTo(pagesOfPrimary));
            Assert.That(reads.Total - total, Is.EqualTo(Unmeasured + Misses));
            Assert.That(reads.ByReplica, Is.GreaterThan(byReplica));
        }
    }

    // Each page begins elsewhere, and so is a miss. The first ones compile the code and open the connections.
    private static async Task<(string[] Pages, double Milliseconds)> ReadAsync(
        PostgresOfTheRun server, UsersApiHost api, int rows, int clients)
    {
        var pages = new string[Unmeasured + Misses];
        await ReadAsync(0, Unmeasured);
        var before = ProcessorMilliseconds(server);
        await ReadAsync(Unmeasured, Misses);
        return (pages, (ProcessorMilliseconds(server) - before) / Misses);

        Task ReadAsync(int first, int count) => Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            new ParallelOptions { MaxDegreeOfParallelism = clients },
            async (skip, end) => pages[skip] = await api.Client.GetStringAsync($"{Http.Users}?limit={rows}&skip={skip}", end));
    }

    private static double ProcessorMilliseconds(PostgresOfTheRun server) => server.Processes
        .Sum(process => long.Parse(File.ReadAllText($"/proc/{process}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e6);
}

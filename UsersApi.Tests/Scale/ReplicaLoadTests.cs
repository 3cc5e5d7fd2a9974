using System.Globalization;
using UsersApi.Tests.Chaos;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>How much of the work of misses a replica takes from its primary: the figures of docs/postgres-replicas.md.</summary>
[TestFixture, Category("Scale"), FixtureLifeCycle(LifeCycle.InstancePerTestCase), NonParallelizable]
public sealed class ReplicaLoadTests
{
    private const int Misses = 400;

    [TestCase(20, 1), TestCase(20, 16), TestCase(1000, 16)]
    public async Task Primary_has_less_to_do_for_misses_where_a_replica_answers_them(int rows, int clients)
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

        var before = reads.ByReplica;
        var byPrimary = await ProcessorTimeAsync(postgres.Primary, without, rows, clients);
        var withReplica = await ProcessorTimeAsync(postgres.Primary, with, rows, clients);

        await TestContext.Out.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{rows} rows, {clients} clients: {byPrimary:F3} ms of the primary's processor a miss without the replica, {withReplica:F3} ms with it; {reads}"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(reads.ByReplica - before, Is.GreaterThan(Misses * 0.8));
            // One small page at a time costs about as much as the question in its place.
            Assert.That(withReplica, Is.LessThan(byPrimary * (clients > 1 ? 0.8 : 1.5)));
        }
    }

    // Each page begins elsewhere, and so is a miss.
    private static async Task<double> ProcessorTimeAsync(PostgresOfTheRun server, UsersApiHost api, int rows, int clients)
    {
        await ReadAsync(0, 50);
        var before = ProcessorMilliseconds(server);
        await ReadAsync(50, Misses);
        return (ProcessorMilliseconds(server) - before) / Misses;

        Task ReadAsync(int first, int count) => Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            new ParallelOptions { MaxDegreeOfParallelism = clients },
            async (skip, _) => await api.Client.GetJsonAsync($"{Http.Users}?limit={rows}&skip={skip}"));
    }

    private static double ProcessorMilliseconds(PostgresOfTheRun server) => server.Processes
        .Sum(process => long.Parse(File.ReadAllText($"/proc/{process}/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e6);
}

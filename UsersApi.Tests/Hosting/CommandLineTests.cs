using System.Diagnostics;
using Dapper;
using UsersApi.Hosting;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

public sealed class CommandLineTests
{
    // In this database: all that were made from one template have the same number for the table.
    private const string Waits = """
        SELECT EXISTS (
            SELECT FROM pg_locks JOIN pg_database ON pg_database.oid = database
            WHERE NOT granted AND relation = 'users'::regclass AND datname = current_database())
        """;

    [TestCase("migrate", true)]
    [TestCase("--help", true)]
    [TestCase("-h", true)]
    [TestCase("--version", true)]
    [TestCase("--urls=http://localhost:1", false)]
    public void The_first_word_is_a_command_and_a_setting_is_not(string first, bool expected) =>
        Assert.That(CommandRunner.HasCommand([first]), Is.EqualTo(expected));

    [Test]
    public async Task Migrate_and_seed_run_as_a_program()
    {
        await using var database = await TestDatabase.CreateEmptyAsync();

        var migrated = await RunAsync(database.ConnectionString, "migrate");
        var seeded = await RunAsync(database.ConnectionString, "seed", "--count", "1234");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(migrated.ExitCode, Is.Zero, migrated.Error);
            Assert.That(seeded.ExitCode, Is.Zero, seeded.Error);
            Assert.That(seeded.Output, Does.StartWith("Seeded 1,234 users in ").And.Not.Contain('\r'), "no bar where nobody looks");
            Assert.That(await database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.EqualTo(1234));
        }
    }

    [TestCase("INT")]
    [TestCase("TERM")]
    public async Task A_signal_stops_a_command_and_undoes_its_step(string signal)
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var connection = await database.DataSource.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        await connection.ExecuteAsync("LOCK TABLE users IN EXCLUSIVE MODE");

        // Reading is allowed, so that it stops in the middle: where it wants to write.
        var result = await ApiProgram.RunAsync(
            [("ConnectionStrings__Postgres", database.ConnectionString)], StopAsync, "seed", "--count", "5");
        await transaction.RollbackAsync();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That(result.Error.TrimEnd(), Is.EqualTo("seed: stopped, and the step under way undone"));
            Assert.That(result.Output, Is.Empty);
            Assert.That(await database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.Zero);
        }

        async Task StopAsync(Process process)
        {
            // A process starts slowly on a busy machine: the end of it is the only deadline.
            using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
            while (!process.HasExited && !await database.ScalarAsync<bool>(Waits))
            {
                await looks.WaitForNextTickAsync(CancellationToken.None);
            }

            using var kill = Process.Start("kill", ["-s", signal, $"{process.Id}"]);
            await kill.WaitForExitAsync();
        }
    }

    [Test]
    public async Task Help_needs_no_database()
    {
        var result = await RunAsync("", "--help");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero);
            Assert.That(result.Output, Does.Contain("migrate").And.Contain("seed").And.Contain("token"));
        }
    }

    [TestCase("seed", "Option '--count' is required.", "UsersApi seed")]
    [TestCase("seed --number 1", "'--number' is not understood here.", "UsersApi seed")]
    [TestCase("migrate now", "'now' is not understood here.", "UsersApi migrate")]
    [TestCase("frobnicate", "'frobnicate' is not understood here.", "UsersApi [command]")]
    public async Task What_is_not_understood_ends_with_2_one_line_and_how_it_is_used(string line, string explanation, string usage)
    {
        var result = await RunAsync("", line.Split(' '));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(2));
            Assert.That(result.Error, Does.StartWith($"{explanation}\n").And.Contain($"Usage:\n  {usage}"));
            Assert.That(result.Output, Is.Empty);
        }
    }

    [TestCase("Host=127.0.0.1;Port=9;Timeout=2", "migrate: ")]
    [TestCase("", "ConnectionStrings:Postgres is missing")]
    public async Task A_failure_is_one_line_without_a_stack_trace(string connectionString, string reason)
    {
        var result = await RunAsync(connectionString, "migrate");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That(result.Error, Does.Contain(reason).And.Not.Contain("   at "));
        }
    }

    [Test]
    public async Task A_server_without_a_database_says_what_is_missing()
    {
        var result = await RunAsync("");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That(result.Error, Does.Contain("ConnectionStrings:Postgres is missing").And.Not.Contain("   at "));
        }
    }

    private static Task<(int ExitCode, string Output, string Error)> RunAsync(string connectionString, params string[] arguments) =>
        ApiProgram.RunAsync([("ConnectionStrings__Postgres", connectionString)], arguments);
}

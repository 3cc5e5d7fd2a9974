using System.CommandLine;

namespace UsersApi.Data;

/// <summary><c>UsersApi migrate</c>: applies pending migrations and ends.</summary>
internal sealed class MigrateCommand : Command
{
    /// <param name="migrations">Asked for only when the command runs: to list the commands, no database needs to be configured.</param>
    public MigrateCommand(Func<MigrationRunner> migrations)
        : base("migrate", "Applies pending migrations") =>
        SetAction(async (_, cancellationToken) =>
        {
            // What it returns is their number, and not an exit code.
            await migrations().RunAsync(cancellationToken);
        });
}

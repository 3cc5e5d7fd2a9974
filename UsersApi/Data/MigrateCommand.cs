using UsersApi.Hosting;

namespace UsersApi.Data;

/// <summary><c>UsersApi migrate</c>: applies pending migrations and ends.</summary>
internal sealed class MigrateCommand(Lazy<MigrationRunner> migrations) : ICommand
{
    public string Name => "migrate";

    public string Usage => "migrate                          applies pending migrations";

    public async Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken)
    {
        if (arguments.Count > 0)
        {
            throw new UsageException($"'{arguments[0]}' is not an argument of migrate: it takes none.");
        }

        await migrations.Value.RunAsync(cancellationToken);
    }
}

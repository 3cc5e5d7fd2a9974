using Microsoft.Extensions.Options;

namespace UsersApi.Data;

/// <summary>Runs pending migrations before anything is served, where the configuration says so.</summary>
internal sealed class MigrateOnStart(MigrationRunner migrations, IOptions<PostgresOptions> options) : IHostedLifecycleService
{
    // The server begins to listen in the StartAsync that follows.
    public Task StartingAsync(CancellationToken cancellationToken) =>
        options.Value.MigrateOnStart ? migrations.RunAsync(cancellationToken) : Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

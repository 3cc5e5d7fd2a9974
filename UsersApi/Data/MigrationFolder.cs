using Microsoft.Extensions.Options;

namespace UsersApi.Data;

/// <summary>Reads the migrations that came with this build.</summary>
internal sealed class MigrationFolder(IOptions<PostgresOptions> options)
{
    /// <summary>All migrations, oldest first.</summary>
    /// <exception cref="MigrationException">The folder is missing or empty, a file must not run, or two share a version.</exception>
    public async Task<IReadOnlyList<Migration>> ReadAsync(CancellationToken cancellationToken)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, options.Value.MigrationsFolder);
        var files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.sql") : [];
        if (files.Length == 0)
        {
            throw new MigrationException($"There are no migrations in {folder}.");
        }

        var migrations = new List<Migration>(files.Length);
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var migration = Migration.Parse(Path.GetFileName(file), await File.ReadAllTextAsync(file, cancellationToken));
            if (migrations.Find(other => other.Version == migration.Version) is { } twin)
            {
                throw new MigrationException($"Migrations {twin.FileName} and {migration.FileName} share a version.");
            }

            migrations.Add(migration);
        }

        return migrations;
    }
}

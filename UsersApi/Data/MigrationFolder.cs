using Microsoft.Extensions.Options;

namespace UsersApi.Data;

/// <summary>Reads the migrations that came with this build.</summary>
internal sealed class MigrationFolder(IOptions<PostgresOptions> options)
{
    /// <summary>All migrations, oldest first.</summary>
    /// <exception cref="MigrationException">The folder is missing or empty, a file cannot be understood, or two share a version.</exception>
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
            migrations.Add(Migration.Parse(Path.GetFileName(file), await File.ReadAllTextAsync(file, cancellationToken)));
        }

        var twice = migrations.GroupBy(migration => migration.Version).FirstOrDefault(same => same.Count() > 1);
        if (twice is not null)
        {
            throw new MigrationException($"Migrations {string.Join(" and ", twice.Select(migration => migration.FileName))} share a version.");
        }

        return migrations;
    }
}

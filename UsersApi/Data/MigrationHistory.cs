namespace UsersApi.Data;

/// <summary>A row of <c>schema_migrations</c>; one that dbmate wrote has no checksum.</summary>
internal sealed record AppliedMigration(string Version, string? Checksum, DateTime? AppliedAt);

/// <summary>Compares what ran with what is on disk.</summary>
internal static class MigrationHistory
{
    /// <summary>Refuses a history that this build must not continue.</summary>
    /// <exception cref="MigrationException">A migration was changed or removed after it ran.</exception>
    public static void Check(IReadOnlyList<Migration> onDisk, IReadOnlyList<AppliedMigration> applied)
    {
        foreach (var (version, checksum, appliedAt) in applied.Where(row => !IsFromTheFuture(onDisk, row)))
        {
            var migration = onDisk.FirstOrDefault(candidate => candidate.Version == version) ?? throw new MigrationException(
                $"Migration {version} ran on this database and is not among the files. Restore its file: what ran stays.");

            if (checksum is not null && checksum != migration.Checksum)
            {
                throw new MigrationException($"Migration {migration.FileName} was changed after it ran on {appliedAt:u}. "
                    + "Undo the change, and put it into a new migration.");
            }
        }
    }

    /// <summary>While a newer build rolls out, a node of the older one must still be able to start.</summary>
    public static bool IsFromTheFuture(IReadOnlyList<Migration> onDisk, AppliedMigration row) =>
        string.CompareOrdinal(row.Version, onDisk[^1].Version) > 0;
}

namespace UsersApi.Tests.Chaos;

/// <summary>Finds the programs of Postgres: on the path, or where Debian and others keep a folder for each version.</summary>
internal static class PostgresPrograms
{
    private static readonly string[] Homes = ["/usr/lib/postgresql", "/usr/local/pgsql", "/opt/homebrew/opt"];

    /// <summary>The newest that is whole, after the one on the path.</summary>
    public static string Folder { get; } = Candidates().FirstOrDefault(folder => Has(folder, "initdb") && Has(folder, "postgres") && Has(folder, "pg_basebackup"))
        ?? throw new InvalidOperationException("Postgres' programs are missing (Debian: apt-get install postgresql).");

    private static IEnumerable<string> Candidates() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(
            Homes.Where(Directory.Exists)
                .SelectMany(home => Directory.GetDirectories(home, "*").Append(home))
                .Select(version => Path.Combine(version, "bin"))
                .OrderDescending(StringComparer.Ordinal));

    private static bool Has(string folder, string program) => File.Exists(Path.Combine(folder, program));
}

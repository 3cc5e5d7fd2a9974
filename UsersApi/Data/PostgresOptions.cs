using System.ComponentModel.DataAnnotations;

namespace UsersApi.Data;

/// <summary>How the application talks to Postgres: section <c>Postgres</c>, and the connection string of that name.</summary>
internal sealed class PostgresOptions
{
    public const string Section = "Postgres";

    /// <summary>
    /// From <c>ConnectionStrings:Postgres</c>, in Npgsql's format. It may name several hosts: a primary and its replicas.
    /// </summary>
    [Required(ErrorMessage = "ConnectionStrings:Postgres is missing: set ConnectionStrings__Postgres, or start with ./dev run.")]
    public string? ConnectionString { get; set; }

    /// <summary>
    /// From <c>ConnectionStrings:PostgresDirect</c>: past a connection pool such as PgBouncer, for the lock of migrations and for LISTEN,
    /// which belong to a session. By default they take the other connection string.
    /// </summary>
    public string? DirectConnectionString { get; set; }

    /// <summary>
    /// Whether reads may be answered by replicas. <c>ConnectionStrings:Postgres</c> then names several hosts, as in
    /// <c>Host=a,b:5433</c>. No answer is older because of it.
    /// </summary>
    public bool ReadReplicas { get; set; }

    /// <summary>
    /// For how long a read waits until a replica has caught up with the primary, before it is answered by the primary: up to 10 seconds.
    /// Opening a connection to the replica is part of it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:10")]
    public TimeSpan ReplicaWait { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Whether pending migrations run before the server starts to listen.</summary>
    public bool MigrateOnStart { get; set; }

    /// <summary>The folder of the migrations, relative to the application's own.</summary>
    [Required]
    public string MigrationsFolder { get; set; } = "migrations";

    /// <summary>
    /// How long a request waits for a connection, be it a new one or its turn in a pool that is exhausted: 1 second to 1 minute, in whole
    /// seconds.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long one command may take: 1 second to 10 minutes, in whole seconds. Migrations and seeding are not bound by it.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:10:00")]
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the health check waits for an answer: 1 second to 1 minute.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:01:00")]
    public TimeSpan HealthTimeout { get; set; } = TimeSpan.FromSeconds(3);
}

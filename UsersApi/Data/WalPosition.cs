namespace UsersApi.Data;

/// <summary>A place in Postgres' write-ahead log.</summary>
/// <param name="Timeline">The history that the log belongs to: each promotion of a replica begins a new one, with a higher number.</param>
/// <param name="Lsn">Bytes since the beginning. Positions of different timelines cannot be compared.</param>
internal readonly record struct WalPosition(int Timeline, long Lsn)
{
    /// <summary>Asks a primary how far it has written, flushed or not: commits that do not wait for the disk count too.</summary>
    /// <remarks>
    /// A log that ends with a page is said to go on behind the header of the next one, and a replica stops before that header: without the
    /// subtraction, two idle servers might never agree. The header has 40 bytes at the start of a file, and 24 elsewhere.
    /// </remarks>
    public const string OfPrimary = """
        SELECT ('x' || left(file_name, 8))::bit(32)::int AS "Timeline",
            (at - '0/0' - CASE
                WHEN file_offset = 40 THEN 40
                WHEN file_offset % current_setting('wal_block_size')::int = 24 THEN 24
                ELSE 0 END)::bigint AS "Lsn"
        FROM (SELECT pg_current_wal_insert_lsn() AS at) AS written, pg_walfile_name_offset(at)
        """;

    /// <summary>
    /// Asks a replica how far it has replayed: what was written until there can be read. The timeline is null for a server that is none.
    /// </summary>
    /// <remarks>
    /// A role without the rights of <c>pg_read_all_stats</c> does not see which timeline is received. It takes the one that was noted at the
    /// last restart point, which is older for some minutes after a promotion; the replica is not read from meanwhile.
    /// </remarks>
    public const string OfReplica = """
        SELECT CASE WHEN pg_is_in_recovery() THEN coalesce(
                (SELECT received_tli FROM pg_stat_wal_receiver),
                (SELECT min_recovery_end_timeline FROM pg_control_recovery())) END AS "Timeline",
            coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::bigint AS "Lsn"
        """;

    /// <summary>Whether what this position holds includes all that was written until the other.</summary>
    public bool Includes(WalPosition other) => Timeline == other.Timeline && Lsn >= other.Lsn;
}

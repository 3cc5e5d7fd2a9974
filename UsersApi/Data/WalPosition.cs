namespace UsersApi.Data;

/// <summary>A place in Postgres' write-ahead log.</summary>
/// <param name="Timeline">The history that the log belongs to: each promotion of a replica begins a new one, with a higher number.</param>
/// <param name="Lsn">Bytes since the beginning. Positions of different timelines cannot be compared.</param>
internal readonly record struct WalPosition(int Timeline, long Lsn)
{
    /// <summary>
    /// Asks a primary for the file that it writes, whose name begins with the timeline, and how far it has written, flushed or not:
    /// commits that do not wait for the disk count too.
    /// </summary>
    public const string OfPrimary = """
        SELECT pg_walfile_name(pg_current_wal_insert_lsn()) AS "File", (pg_current_wal_insert_lsn() - '0/0')::bigint AS "Lsn"
        """;

    /// <summary>The same for a position that may be behind a page's header. It costs the server four times as much.</summary>
    /// <remarks>
    /// A log that ends with a page is said to go on behind the header of the next one, and a replica stops before that header: without the
    /// subtraction, two idle servers might never agree. The header has 40 bytes at the start of a file, and 24 elsewhere.
    /// </remarks>
    public const string OfPrimaryBeforeHeader = """
        SELECT file_name AS "File", (at - '0/0' - CASE
            WHEN file_offset = 40 THEN 40
            WHEN file_offset % current_setting('wal_block_size')::int = 24 THEN 24
            ELSE 0 END)::bigint AS "Lsn"
        FROM (SELECT pg_current_wal_insert_lsn() AS at) AS written, pg_walfile_name_offset(at)
        """;

    /// <summary>
    /// Asks a replica how far it has replayed: what was written until there can be read. The timeline is null for a server that is none.
    /// </summary>
    /// <remarks>
    /// A role without the rights of <c>pg_read_all_stats</c> does not see which timeline is received. It takes the one noted at
    /// the last restart point, which is older for some minutes after a promotion; the replica is not read from meanwhile.
    /// </remarks>
    public const string OfReplica = """
        SELECT CASE WHEN pg_is_in_recovery() THEN coalesce(
                (SELECT received_tli FROM pg_stat_wal_receiver),
                (SELECT min_recovery_end_timeline FROM pg_control_recovery())) END AS "Timeline",
            coalesce(pg_last_wal_replay_lsn() - '0/0', 0)::bigint AS "Lsn"
        """;

    /// <summary>Whether it may be behind the header of a page. Pages have 1 kB at least.</summary>
    public bool MayFollowHeader => Lsn % 1024 is 24 or 40;

    /// <param name="file">The name of a file of the log.</param>
    /// <param name="lsn">A position in it.</param>
    public static WalPosition In(string file, long lsn) => new(Convert.ToInt32(file[..8], 16), lsn);

    /// <summary>Whether what this position holds includes all that was written until the other.</summary>
    public bool Includes(WalPosition other) => Timeline == other.Timeline && Lsn >= other.Lsn;
}

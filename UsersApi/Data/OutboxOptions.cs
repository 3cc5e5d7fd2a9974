using System.ComponentModel.DataAnnotations;

namespace UsersApi.Data;

/// <summary>How this node relays the outbox: section <c>Outbox</c>.</summary>
internal sealed class OutboxOptions
{
    public const string Section = "Outbox";

    /// <summary>
    /// Whether this node takes part. If none does, rows pile up, and changes made outside of the API are not seen until entries expire.
    /// </summary>
    public bool Enabled { get; set; } = true;

    /// <summary>
    /// The time between looks into the outbox that no notification asked for, and before what failed is tried again: 10 ms to 1 minute.
    /// If a node dies between commit and eviction, its cached responses stay stale for three seconds more than this at most.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan PollInterval { get; set; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Rows that one transaction takes at most: 1 to 10,000.</summary>
    [Range(1, 10_000)]
    public int BatchRows { get; set; } = 500;
}

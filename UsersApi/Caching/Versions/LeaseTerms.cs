namespace UsersApi.Caching.Versions;

/// <summary>
/// The lengths that all nodes of a cluster must share. They are constants and no options: a writer waits its own length for the
/// leases of others, and two lengths in one cluster would acknowledge too early.
/// </summary>
/// <remarks>
/// The words of the protocol. <b>Epoch</b>: one run of one Redis, as a master; it stands in every stamp. <b>Incarnation</b>: one life of
/// the hash of leases, which begins anew with each epoch, loss or reset, and numbers its messages. <b>Calm</b>: an incarnation is older
/// than any lease of the one before, so that all who hold a lease are among its holders.
/// </remarks>
internal static class LeaseTerms
{
    public static readonly TimeSpan Length = TimeSpan.FromSeconds(1);

    /// <summary>Clocks may run 5 percent wrong: a lease ends so much earlier, and a writer waits so much longer.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(50);

    public static readonly TimeSpan RenewalInterval = Length / 4;

    /// <summary>How long a holder uses its lease, from the moment before it asked for it.</summary>
    public static readonly TimeSpan UsedFor = Length - Margin;

    /// <summary>How long a writer waits for a holder that stays silent: after that the holder's lease has run out.</summary>
    public static readonly TimeSpan AwaitedFor = Length + Margin;
}

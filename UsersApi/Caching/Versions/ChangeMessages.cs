namespace UsersApi.Caching.Versions;

/// <summary>
/// What this node makes of the messages on the channel of changes. They are handled one by one, in the order in which Redis
/// published them: the number of each tells whether one was lost.
/// </summary>
internal sealed class ChangeMessages(KnownVersions known, TimeProvider time)
{
    private readonly TaskCompletionSource _left = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string _incarnation = "";
    private long _seen;
    private string _resetIncarnation = "";
    private long _lastHeard = long.MinValue;

    /// <summary>This process's name among the holders, random, so that no two live processes share one.</summary>
    public string Node { get; } = RandomToken.New();

    /// <summary>Completed when the channel told that this node has left: all that came before was acknowledged.</summary>
    public Task Left => _left.Task;

    /// <summary>The timestamp of the last message; <see cref="long.MinValue"/> before the first.</summary>
    public long LastHeard => Volatile.Read(ref _lastHeard);

    /// <summary>Handles one message.</summary>
    /// <returns>What has to be done next, after this; null for nothing.</returns>
    public FollowUp? Handle(string message)
    {
        var lines = message.Split('\n');
        if (lines is not [var kind, var inc, var number, var node, ..] || !long.TryParse(number, CultureInfo.InvariantCulture, out var seq))
            return null;

        Volatile.Write(ref _lastHeard, time.GetTimestamp());
        var isEviction = kind == "eviction";
        var wentBack = inc == _incarnation && seq < _seen;
        if (inc != _incarnation || seq != (isEviction ? _seen + 1 : _seen))
            known.ForgetAll();

        (_incarnation, _seen) = (inc, seq);
        if (isEviction)
            known.Forget(lines.Skip(5));
        else if (node == Node && kind == "left")
            _left.TrySetResult();
        // Counted from before it was asked for, on this node's own clock.
        else if (node == Node && lines.Length > 4 && long.TryParse(lines[4], CultureInfo.InvariantCulture, out var askedAt))
            known.HoldUntil(askedAt + (long)(LeaseTerms.UsedFor.TotalSeconds * time.TimestampFrequency));

        // Once for each incarnation: the data set of the server is an older one.
        var reset = wentBack && _resetIncarnation != inc ? _resetIncarnation = inc : null;
        return reset is not null || isEviction ? new FollowUp(reset, isEviction ? node : null, isEviction ? lines[4] : null) : null;
    }
}

/// <summary>What a message asks of this node.</summary>
/// <param name="ResetIncarnation">An incarnation to start anew.</param>
/// <param name="Writer">The node that waits for an acknowledgement.</param>
/// <param name="Id">The eviction to acknowledge.</param>
internal sealed record FollowUp(string? ResetIncarnation, string? Writer, string? Id);

namespace UsersApi.Tests.Coherence;

/// <summary>A server of a run's own, with which everything may be done that happens to servers.</summary>
internal interface IBreakable
{
    Task StartAsync();

    /// <summary>As kill -9 does, with no chance to say goodbye.</summary>
    void Kill();

    /// <summary>Sends a signal to all of its processes: STOP, so that it hangs with its connections open, and CONT.</summary>
    Task SignalAsync(string signal);

    /// <summary>As an administrator does: it ends in good order, and starts again.</summary>
    Task RestartAsync();
}

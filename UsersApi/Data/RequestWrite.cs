namespace UsersApi.Data;

/// <summary>The write of one request, and what this process knows of its commit.</summary>
public sealed class RequestWrite
{
    /// <summary>
    /// False as long as it is certain that nothing was committed. From the moment in which COMMIT is sent until its answer comes, nobody
    /// here knows.
    /// </summary>
    public bool MayBeCommitted { get; private set; }

    internal void Begin() => MayBeCommitted = false;

    internal void SendCommit() => MayBeCommitted = true;
}

namespace UsersApi.Data;

/// <summary>The write of one request, and what this process knows of its commit.</summary>
public sealed class RequestWrite
{
    /// <summary>What its rows in the outbox are marked with.</summary>
    public string Mark { get; } = Guid.NewGuid().ToString("n");

    /// <summary>Not null for a request that is carried out once, however often it is sent.</summary>
    public IdempotentRequest? Once { get; set; }

    /// <summary>
    /// False as long as it is certain that nothing was committed. From the moment in which COMMIT is sent until its answer comes, nobody
    /// here knows.
    /// </summary>
    public bool MayBeCommitted { get; private set; }

    /// <summary>True as soon as it is certain that it was committed.</summary>
    public bool IsCommitted { get; private set; }

    internal void Begin() => MayBeCommitted = false;

    internal void SendCommit() => MayBeCommitted = true;

    internal void Commit() => IsCommitted = true;
}

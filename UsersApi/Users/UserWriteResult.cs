namespace UsersApi.Users;

/// <summary>How a write to one user, or to many, ended.</summary>
public enum UserWriteOutcome
{
    Done,
    NotFound,

    /// <summary>The row has none of the allowed versions.</summary>
    VersionMismatch,

    /// <summary>The write would change <c>isSuperuser</c>, and may not.</summary>
    SuperuserRefused,

    /// <summary>Another user has the address.</summary>
    EmailTaken,

    /// <summary>Other transactions won each time: nothing was written.</summary>
    LostRace,

    /// <summary>A request with the same idempotency key is still running.</summary>
    StillRunning,

    /// <summary>The idempotency key was used for another request.</summary>
    OtherRequest,
}

/// <summary>The outcome of a write, and the user as it is now where the write happened and left one.</summary>
public readonly record struct UserWriteResult(UserWriteOutcome Outcome, UserResponse? User = null);

/// <summary>
/// The outcome of a bulk write, and the positions (from 0) of those whose address is taken, or the ids of those that were created.
/// </summary>
public readonly record struct BulkWriteResult(UserWriteOutcome Outcome, IReadOnlyList<int>? Taken = null, IReadOnlyList<Guid>? Ids = null);

namespace UsersApi.Users;

/// <summary>How a write to one user ended.</summary>
public enum UserWriteOutcome
{
    Done,
    NotFound,

    /// <summary>The row has none of the allowed versions.</summary>
    VersionMismatch,

    /// <summary>Another user has the address.</summary>
    EmailTaken,
}

/// <summary>The outcome of a write, and the user as it is now where the write happened and left one.</summary>
public readonly record struct UserWriteResult(UserWriteOutcome Outcome, UserResponse? User = null);

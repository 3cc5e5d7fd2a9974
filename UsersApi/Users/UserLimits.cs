namespace UsersApi.Users;

/// <summary>The sizes that the API promises, in one place.</summary>
internal static class UserLimits
{
    /// <summary>Rows of one page, and users of one bulk request.</summary>
    public const int MaxRows = 20_000;

    public const int DefaultPage = 20;

    /// <summary>Rows of one search: it is for finding, not for exporting.</summary>
    public const int MaxFound = 100;

    /// <summary>RFC 5321 section 4.5.3.1.3: a path of 256 octets with its angle brackets.</summary>
    public const int EmailLength = 254;

    public const int NameLength = 200;

    /// <summary>Bytes of a bulk request: <see cref="MaxRows"/> users with the longest values, most of them ASCII.</summary>
    public const int BulkBytes = 16 * 1024 * 1024;
}

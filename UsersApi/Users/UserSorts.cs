using System.Collections.Immutable;

namespace UsersApi.Users;

/// <summary>The orders in which a list can come. A minus reverses one.</summary>
internal static class UserSorts
{
    public const string CreatedAt = "createdAt";
    public const string CreatedAtDescending = "-createdAt";
    public const string Email = "email";
    public const string EmailDescending = "-email";

    /// <summary>A cursor holds the position in this array: new ones go to its end.</summary>
    public static readonly ImmutableArray<string> All = [CreatedAt, CreatedAtDescending, Email, EmailDescending];

    public static bool IsByEmail(string sort) => sort is Email or EmailDescending;

    public static bool IsDescending(string sort) => sort[0] == '-';
}

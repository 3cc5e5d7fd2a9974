namespace UsersApi.Identity;

/// <summary>Who may read: section <c>Authorization</c>.</summary>
internal sealed class ReadScopeOptions
{
    public const string Section = "Authorization";

    /// <summary>Whether reading needs a token with the scope <c>users:read</c>. Off, which is the default, everybody may read.</summary>
    public bool RequireScopeForReads { get; set; }
}

namespace UsersApi.Identity;

/// <summary>
/// Names the scope that reads of a controller need, where <see cref="ReadScopeOptions.RequireScopeForReads"/> closes them.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ReadScopeAttribute(string scope) : Attribute
{
    public string Scope { get; } = scope;
}

namespace UsersApi.Server;

/// <summary>How strict the API is: section <c>Api</c>.</summary>
internal sealed class ApiOptions
{
    public const string Section = "Api";

    /// <summary>
    /// Whether a query parameter that an operation does not have is a 400. Off, it is ignored. <c>appsettings.Development.json</c> says
    /// on.
    /// </summary>
    public bool RefuseUnknownParameters { get; set; }

    /// <summary>
    /// Whether PUT, PATCH and DELETE of a user need <c>If-Match</c> or <c>If-None-Match</c>: without either they are a 428. Off, which is
    /// the default, an unconditional write overwrites whatever is there.
    /// </summary>
    public bool RequirePreconditions { get; set; }
}

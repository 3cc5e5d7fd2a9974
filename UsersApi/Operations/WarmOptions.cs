using System.ComponentModel.DataAnnotations;

namespace UsersApi.Caching.Operations;

/// <summary>What the cache asks the application for by itself, so that clients find hits.</summary>
internal sealed class WarmOptions
{
    public const string Section = "RedisCached:Warm";

    /// <summary>
    /// Requests, each with its <c>Target</c> (path and query, as a client sends them), <c>Headers</c> that select the response, such as
    /// <c>Accept</c>, <c>AtStart</c> (true: it is made when a node starts), and <c>Schedule</c> (when every node makes it anew: a cron
    /// expression in UTC of five fields, or of six that begin with seconds). Where the action is cached with <c>AcrossNodes</c>, a
    /// schedule runs it once in the cluster. A request has no user.
    /// </summary>
    public IList<WarmRequest> Requests { get; } = [];

    /// <summary>
    /// Scheme and host of the requests, as in <c>https://api.example.com</c>: <c>AllowedHosts</c> has to let them in. It must be set
    /// where responses are stored by host (<c>RedisCached:KeyByHost</c>); without it they name <c>localhost</c>.
    /// </summary>
    public Uri? Origin { get; set; }

    /// <summary>
    /// How long a node waits at most for its requests at start before it says that it is ready. It becomes ready as soon as all have been
    /// answered, whatever the answers. 0 s to 10 min.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:10:00")]
    public TimeSpan ReadyWithin { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>A request that the cache makes by itself.</summary>
internal sealed class WarmRequest
{
    public string Target { get; set; } = "";

    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    public bool AtStart { get; set; } = true;

    public string? Schedule { get; set; }
}

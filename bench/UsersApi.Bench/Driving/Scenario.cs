namespace UsersApi.Bench.Driving;

/// <summary>What is asked of which subjects.</summary>
/// <param name="Name">Its name in tables and results.</param>
/// <param name="Load">What the clients send.</param>
/// <param name="Connections">How many clients at the same time; each number is measured on its own.</param>
/// <param name="Subjects">Who is measured, paired run by run.</param>
internal sealed record Scenario(string Name, Load Load, int[] Connections, string[] Subjects)
{
    /// <summary>Users of a page.</summary>
    public int Limit { get; init; } = 20;

    /// <summary>What stands behind the page's size in the URL, for a page that is not the first.</summary>
    public string Page { get; init; } = "";

    /// <summary>Whether those that cache are expected to answer from their cache.</summary>
    public bool IsHit { get; init; }

    /// <summary>Whether clients change users, of which caches in other processes are not told.</summary>
    public bool Writes { get; init; }

    /// <summary>Whether clients accept gzip.</summary>
    public bool IsCompressed { get; init; }

    /// <summary>How many different keys there are; each is asked for once before anything is measured.</summary>
    public int Keys { get; init; } = 1;

    public string Path => $"/api/v1/users?limit={Limit}{Page}";
}

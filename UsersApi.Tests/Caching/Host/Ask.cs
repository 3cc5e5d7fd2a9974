namespace UsersApi.Tests.Caching.Host;

/// <summary>One request of a row, and what must come back.</summary>
public sealed record Ask
{
    private Ask(string method, string target, (string Name, string Value)[] headers)
    {
        Method = method;
        Target = target;
        Headers = headers;
    }

    internal string Method { get; }

    internal string Target { get; }

    /// <summary>In their values, {etag} stands for the entity tag that came last.</summary>
    internal (string Name, string Value)[] Headers { get; }

    internal int Status { get; private init; } = 200;

    internal string? Outcome { get; private init; }

    internal string? Body { get; private init; }

    internal int? Count { get; private init; }

    internal int Seconds { get; private init; }

    internal IReadOnlyList<(string Name, string? Value)> Answer { get; private init; } = [];

    public static Ask Get(string target, params (string Name, string Value)[] headers) => new("GET", target, headers);

    public static Ask Head(string target, params (string Name, string Value)[] headers) => new("HEAD", target, headers);

    public static Ask Send(string method, string target, params (string Name, string Value)[] headers) => new(method, target, headers);

    /// <summary>No request: the clock goes on.</summary>
    public static Ask Later(int seconds) => new("", "", []) { Seconds = seconds };

    /// <summary>What <c>Cache-Status</c> says, without the cache's name; empty for no such header.</summary>
    public Ask Is(string outcome) => this with { Outcome = outcome };

    public Ask Gives(int status) => this with { Status = status };

    public Ask Says(string body) => this with { Body = body };

    /// <summary>How often the action has run by now.</summary>
    public Ask Runs(int count) => this with { Count = count };

    public Ask With(string header, string value) => this with { Answer = [.. Answer, (header, value)] };

    public Ask Without(string header) => this with { Answer = [.. Answer, (header, null)] };
}

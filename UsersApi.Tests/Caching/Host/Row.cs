namespace UsersApi.Tests.Caching.Host;

/// <summary>A rule: its sentence, and the requests that show it.</summary>
public sealed class Row(string name, params Ask[] steps)
{
    internal string Name => name;

    internal IReadOnlyList<Ask> Steps => steps;

    /// <summary>Settings below <c>RedisCached</c>; a row that has some gets servers of its own.</summary>
    internal Dictionary<string, string?>? Settings { get; init; }

    internal Action<IServiceCollection>? Services { get; init; }

    internal Action<WebApplication>? Pipeline { get; init; }

    /// <summary>Whether the same action without the attribute must answer with the same status, body and headers, and some more.</summary>
    internal bool IsLikePlain { get; init; } = true;

    /// <summary>False where the rule is about a difference that the kill switch makes.</summary>
    internal bool IsLikeKillSwitch { get; init; } = true;

    internal bool IsAlone => Settings is not null || Services is not null || Pipeline is not null || steps.Any(step => step.Seconds > 0);

    public override string ToString() => name;

    internal static IEnumerable<NUnit.Framework.TestCaseData> Cases(IEnumerable<Row> rows) =>
        rows.Select(row => new NUnit.Framework.TestCaseData(row).SetName(row.Name));
}

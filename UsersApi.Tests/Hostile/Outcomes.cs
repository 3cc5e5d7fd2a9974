using System.Globalization;
using System.Text;

namespace UsersApi.Tests.Hostile;

/// <summary>What was tried, what each got, and what should not have been.</summary>
internal sealed class Outcomes
{
    public const string ForeignHost = "evil.example";
    public const string Injected = "X-Injected";

    private readonly SortedDictionary<string, SortedDictionary<string, int>> _tried = new(StringComparer.Ordinal);

    public List<string> Violations { get; } = [];

    public int Tried { get; private set; }

    /// <param name="kinds">What was tried: a line of the table each.</param>
    /// <param name="answers">All that came back on the connection.</param>
    public void Add(IReadOnlyCollection<string> kinds, IReadOnlyList<RawAnswer> answers)
    {
        Tried++;
        var got = answers.Count == 0 ? "closed" : string.Join(", then ", answers.Select(answer => answer.Status == 0 ? "no HTTP/1.1" : $"{answer.Status}"));
        foreach (var kind in kinds)
        {
            _tried.TryAdd(kind, []);
            _tried[kind][got] = _tried[kind].GetValueOrDefault(got) + 1;
        }

        foreach (var answer in answers)
        {
            Check(string.Join(", ", kinds), answer);
        }
    }

    public void Fail(string what, string why) => Violations.Add($"{what}: {why}");

    /// <summary>As a table; with how often where that is more than once.</summary>
    public override string ToString()
    {
        var table = new StringBuilder("| tried | got |\n| --- | --- |\n");
        foreach (var (what, got) in _tried)
        {
            var parts = got.Select(pair => pair.Value == 1 ? pair.Key : string.Create(CultureInfo.InvariantCulture, $"{pair.Key} x {pair.Value:N0}"));
            table.Append(CultureInfo.InvariantCulture, $"| {what} | {string.Join("; ", parts)} |\n");
        }

        return table.ToString();
    }

    private void Check(string what, RawAnswer answer)
    {
        // The one 5xx that is the client's fault: an HTTP version that nobody speaks (RFC 9110, section 15.6.6).
        if (answer.Status is >= 500 and not 505 || (answer.Status == 0 && what != WireCase.Http2))
        {
            Fail(what, $"{answer.Head}\n{answer.Text}");
        }

        if ((answer.Head + answer.Text).Contains(ForeignHost, StringComparison.OrdinalIgnoreCase) || answer.Header(Injected) is not null)
        {
            Fail(what, $"what the client made up came back: {answer.Head}\n{answer.Text}");
        }

        if (answer.Status >= 400 && answer.Body.Length > 0 && answer.Header("Content-Type")?.StartsWith("application/problem+json", StringComparison.Ordinal) != true)
        {
            Fail(what, $"an error that is no problem: {answer.Head}\n{answer.Text}");
        }
    }
}

using System.Text.RegularExpressions;

namespace UsersApi.Tests.Packaging;

/// <summary>What a page of the docs tells its reader to do: commands, a program, and requests with what they bring.</summary>
internal sealed partial class Guide(string page)
{
    public IEnumerable<string> Commands => Blocks("sh").SelectMany(block => block.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    public string Program => Blocks("csharp").Single();

    /// <summary>The rows of its table: a request, and its Cache-Status.</summary>
    public IEnumerable<(string Method, string Target, string Status)> Exchanges =>
        Row().Matches(page).Select(row => (row.Groups[1].Value, row.Groups[2].Value, row.Groups[3].Value));

    private IEnumerable<string> Blocks(string language) =>
        Block().Matches(page).Where(block => block.Groups[1].Value == language).Select(block => block.Groups[2].Value);

    [GeneratedRegex("^```(\\w+)\n(.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `([A-Z]+) (/\S+)` \| (?:`([^`]+)`)? ?\|", RegexOptions.Multiline)]
    private static partial Regex Row();
}

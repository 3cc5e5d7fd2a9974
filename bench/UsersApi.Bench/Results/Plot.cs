using System.Globalization;
using System.Text;

namespace UsersApi.Bench.Results;

/// <summary>Draws results as bars: one panel for each scenario, one bar for each subject.</summary>
internal static class Plot
{
    private const int Width = 760;
    private const int Left = 170;
    private const int Right = 150;
    private const int Bar = 18;
    private const int Gap = 34;

    public static async Task<int> WriteAsync(string[] files)
    {
        var source = files is [var file, ..] ? file : ResultFile.Published;
        var target = Path.ChangeExtension(source, ".svg");
        await File.WriteAllTextAsync(target, Draw(await ResultFile.ReadAsync(source)));
        Console.WriteLine(target);
        return 0;
    }

    private static string Draw(List<ResultRow> rows)
    {
        var y = 0;
        var body = new StringBuilder();
        foreach (var panel in rows.GroupBy(row => (row.Scenario, row.Connections)))
        {
            y += Gap;
            body.AppendLine(CultureInfo.InvariantCulture, $"""<text class="title" x="{Left}" y="{y - 8}">{panel.Key.Scenario}, {panel.Key.Connections} connections</text>""");
            var most = panel.Max(row => row.Rps);
            foreach (var row in panel.OrderByDescending(row => row.Rps))
            {
                var length = row.Rps / most * (Width - Left - Right);
                var kind = row.Subject.StartsWith("redis-cached", StringComparison.Ordinal) ? "ours" : "other";
                body.AppendLine(CultureInfo.InvariantCulture, $"""
                    <text class="name" x="{Left - 8}" y="{y + 13}">{row.Subject}</text>
                    <rect class="{kind}" x="{Left}" y="{y + 2}" width="{length:0.#}" height="{Bar - 4}"/>
                    <text x="{Left + length + 6:0.#}" y="{y + 13}">{row.Rps:#,0}/s{Ratio(row)}</text>
                    """);
                y += Bar;
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $$"""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{Width}} {{y + 10}}" font-family="sans-serif" font-size="11">
            <style>
            text { fill: #444 } .title { font-weight: bold; font-size: 13px } .name { text-anchor: end }
            .ours { fill: #c6302b } .other { fill: #9db4c8 }
            @media (prefers-color-scheme: dark) { text { fill: #ccc } .other { fill: #5b7690 } }
            </style>
            {{body}}</svg>

            """);
    }

    private static string Ratio(ResultRow row) =>
        row.RatioToConst is { } ratio ? string.Create(CultureInfo.InvariantCulture, $" ({ratio:0.00} x const)") : "";
}

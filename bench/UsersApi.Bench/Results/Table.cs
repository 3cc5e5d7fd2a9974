using System.Globalization;
using System.Text;

namespace UsersApi.Bench.Results;

/// <summary>The results of one scenario as a table in Markdown, which reads well in a terminal too.</summary>
internal static class Table
{
    private static readonly (string Title, Func<ResultRow, string> Text)[] Columns =
    [
        ("subject", row => row.Subject),
        ("RPS", row => Number(row.Rps)),
        ("p50 ms", row => Number(row.P50Ms)),
        ("p99 ms", row => Number(row.P99Ms)),
        ("CPU s / 10k", row => Number(row.ServerCpuPer10k)),
        ("allocated B", row => Number(row.AllocatedBytesPerRequest)),
        ("Redis cmds", row => Number(row.RedisCommandsPerRequest)),
        ("Redis B", row => Number(row.RedisBytesPerRequest)),
        ("queries", row => Number(row.QueriesPerRequest)),
        ("x const-mvc", row => Ratio(row.RatioToConst, row.RatioToConstLowerQuartile)),
        ("x output-cache-redis", row => Ratio(row.RatioToOutputCacheRedis, row.RatioToOutputCacheRedisLowerQuartile)),
        ("CPU x const-mvc", row => Ratio(row.CpuRatioToConst)),
        ("x raw-npgsql", row => Ratio(row.RatioToRawNpgsql, row.RatioToRawNpgsqlLowerQuartile)),
        ("package", row => row.Package),
    ];

    public static string Of(IReadOnlyList<ResultRow> rows)
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"\n{rows[0].Scenario}, {rows[0].Connections} connections, {rows[0].Runs} runs: medians, and in brackets the lower quartile\n");
        var columns = Columns.Where(column => rows.Any(row => column.Text(row).Length > 0)).ToList();
        var widths = columns.ConvertAll(column => rows.Max(row => Math.Max(column.Title.Length, column.Text(row).Length)));
        AddLine(column => columns[column].Title);
        text.AppendLine("| " + string.Join(" | ", widths.Select((width, column) => column == 0 ? new string('-', width) : new string('-', width - 1) + ":")) + " |");
        foreach (var row in rows.OrderByDescending(row => row.Rps))
            AddLine(column => columns[column].Text(row));

        return text.ToString();

        void AddLine(Func<int, string> cell) => text.AppendLine("| " + string.Join(" | ", widths.Select((width, column) =>
            column == 0 ? cell(column).PadRight(width) : cell(column).PadLeft(width))) + " |");
    }

    private static string Number(double value) => value.ToString(
        value >= 100 ? "#,0" : value >= 10 ? "0.0" : value >= 1 ? "0.00" : "0.###", CultureInfo.InvariantCulture);

    private static string Ratio(double? median, double? lower) => Ratio(median) + (lower is null ? "" : $" ({Ratio(lower)})");

    private static string Ratio(double? ratio) => ratio?.ToString("0.00", CultureInfo.InvariantCulture) ?? "";
}

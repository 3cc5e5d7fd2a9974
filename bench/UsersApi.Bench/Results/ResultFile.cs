using System.Text.Json;

namespace UsersApi.Bench.Results;

/// <summary>Results as JSON: an array with one object for each scenario, subject and number of connections.</summary>
internal static class ResultFile
{
    /// <summary>The last run on this machine; not committed.</summary>
    public const string Latest = "bench/results/latest.json";

    /// <summary>The run that the README shows: a copy of <see cref="Latest"/>, committed.</summary>
    public const string Published = "bench/results/published.json";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static async Task WriteAsync(string path, IEnumerable<ResultRow> rows)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, rows, Json);
    }

    public static async Task<List<ResultRow>> ReadAsync(string path)
    {
        await using var file = File.OpenRead(path);
        return await JsonSerializer.DeserializeAsync<List<ResultRow>>(file, Json) ?? [];
    }
}

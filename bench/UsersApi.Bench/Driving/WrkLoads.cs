using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace UsersApi.Bench.Driving;

/// <summary>Loads that wrk makes, each by a script of the same name.</summary>
internal static class WrkLoads
{
    private static readonly string Scripts = Path.Combine(AppContext.BaseDirectory, "scripts");

    public static Task<LoadResult> Same(LoadTarget target) => RunAsync(target, "same");

    public static Task<LoadResult> Cold(LoadTarget target)
    {
        var (before, after) = Cursors.Around(target.Scenario.Limit);
        return RunAsync(target, "cold", before, after, $"{Cursors.Reserve(1_000_000)}");
    }

    public static Task<LoadResult> Zipf(LoadTarget target)
    {
        var (before, after) = Cursors.Around(target.Scenario.Limit);
        return RunAsync(target, "zipf", before, after, $"{target.Scenario.Keys}", $"{Cursors.Reserve(1) % 1_000_000}");
    }

    public static async Task<LoadResult> Mixed(LoadTarget target)
    {
        using var client = new HttpClient { BaseAddress = target.Address };
        var page = await client.GetFromJsonAsync<JsonElement[]>(target.Scenario.Path);
        return await RunAsync(target, "mixed", [target.Scenario.Path, .. page!.Select(user => user.GetProperty("id").GetString()!)]);
    }

    private static async Task<LoadResult> RunAsync(LoadTarget target, string script, params string[] arguments)
    {
        var start = new ProcessStartInfo("wrk") { WorkingDirectory = Scripts, RedirectStandardOutput = true };
        string[] encoding = target.Scenario.IsCompressed ? ["-H", "Accept-Encoding: gzip"] : [];
        string[] all =
        [
            "-t1", $"-c{target.Connections}", $"-d{target.Seconds}s", "--timeout", "20s", "-s", script + ".lua", .. encoding,
            new Uri(target.Address, target.Scenario.Path).AbsoluteUri, "--", .. arguments,
        ];
        foreach (var argument in all)
            start.ArgumentList.Add(argument);

        using var wrk = Process.Start(start) ?? throw new Win32Exception("wrk did not start.");
        var output = await wrk.StandardOutput.ReadToEndAsync();
        await wrk.WaitForExitAsync();
        return Parse(output);
    }

    // The line that report.lua writes.
    private static LoadResult Parse(string output)
    {
        var line = output.Split('\n').FirstOrDefault(line => line.StartsWith("measured ", StringComparison.Ordinal))
            ?? throw new InvalidOperationException("wrk measured nothing:\n" + output);
        var numbers = line.Split(' ')[1..].Select(number => long.Parse(number, CultureInfo.InvariantCulture)).ToArray();
        return new LoadResult(numbers[0], numbers[1] / 1e6, numbers[2] / 1e3, numbers[3] / 1e3, numbers[4] + numbers[5]);
    }
}

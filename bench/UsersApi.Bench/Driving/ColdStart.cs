using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UsersApi.Bench.Results;

namespace UsersApi.Bench.Driving;

/// <summary>From the start of the application's process to its first answer.</summary>
internal static class ColdStart
{
    private const int Runs = 9;
    private static readonly Uri Page = new("/api/v1/users?limit=20", UriKind.Relative);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Starts each published application in turn, and prints medians.</summary>
    /// <param name="folders">What was published, each in a folder that is named as the table shall name it.</param>
    public static async Task<int> RunAsync(string[] folders)
    {
        var starts = folders.ToDictionary(folder => folder, _ => new List<Start>());
        for (var run = 0; run < Runs; run++)
        {
            foreach (var folder in run % 2 == 0 ? folders : folders.Reverse())
            {
                await QuietMachine.WaitAsync(TimeSpan.FromSeconds(15));
                starts[folder].Add(await StartAsync(folder));
            }
        }

        Console.WriteLine($"\ncold-start, {Runs} runs: medians\n\n| published | first answer ms | CPU ms until then | second answer ms |\n| --- | ---: | ---: | ---: |");
        foreach (var (folder, taken) in starts)
            Console.WriteLine($"| {Path.GetFileName(folder)} | {Median(taken, start => start.First)} | {Median(taken, start => start.Cpu)} | {Median(taken, start => start.Second)} |");

        return 0;

        static string Median(IEnumerable<Start> taken, Func<Start, TimeSpan> of) =>
            Quantiles.Of(taken.Select(start => of(start).TotalMilliseconds), 0.5).ToString("#,0", CultureInfo.InvariantCulture);
    }

    private static async Task<Start> StartAsync(string folder)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var info = new ProcessStartInfo("dotnet", [Path.Combine(folder, "UsersApi.dll")]) { RedirectStandardOutput = true };
        info.Environment["ASPNETCORE_URLS"] = address.ToString();
        info.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        using var client = new HttpClient { BaseAddress = address };
        var clock = Stopwatch.StartNew();
        using var process = Process.Start(info)!;
        try
        {
            await AnswerAsync(client, process, clock);
            var (first, cpu) = (clock.Elapsed, process.TotalProcessorTime);
            await client.GetByteArrayAsync(Page);
            return new Start(first, cpu, clock.Elapsed - first);
        }
        finally
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
    }

    private static async Task AnswerAsync(HttpClient client, Process process, Stopwatch clock)
    {
        while (true)
        {
            try
            {
                await client.GetByteArrayAsync(Page);
                return;
            }
            catch (HttpRequestException error) when (error.InnerException is SocketException && !process.HasExited && clock.Elapsed < Patience)
            {
                // Not listening yet.
                await Task.Delay(5);
            }
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed record Start(TimeSpan First, TimeSpan Cpu, TimeSpan Second);
}

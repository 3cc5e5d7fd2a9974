using System.Diagnostics;

namespace UsersApi.Tests.Packaging;

/// <summary>Runs the SDK's <c>dotnet</c> as a developer would, whatever it is that runs the tests.</summary>
internal static class DotnetCommand
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(5);

    public static ProcessStartInfo In(string folder, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { WorkingDirectory = folder };

        // The tests may be run by MSBuild, whose settings are about their own build; no build server may outlive a test.
        foreach (var name in start.Environment.Keys.Where(name => name.StartsWith("MSBUILD", StringComparison.OrdinalIgnoreCase)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        return start;
    }

    /// <summary>Runs it to its end and returns what it wrote; an exit code but 0 fails the test.</summary>
    public static async Task<string> RunAsync(string folder, params string[] arguments)
    {
        var start = In(folder, arguments);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var deadline = new CancellationTokenSource(Deadline);
        using var process = Process.Start(start)!;
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(deadline.Token);
            var error = process.StandardError.ReadToEndAsync(deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.That(process.ExitCode, Is.Zero, $"dotnet {string.Join(' ', arguments)}:\n{await output}{await error}");
            return await output;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }
}

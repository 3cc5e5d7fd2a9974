using System.Diagnostics;

namespace UsersApi.Tests.Host;

/// <summary>Runs programs that are not ours, such as a linter. One that is missing fails the test: it is never skipped.</summary>
internal static class OtherProgram
{
    // Far beyond what any of them takes, so that one that hangs fails its test alone.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    /// <summary>Waits for the program, and asserts that it ended with 0.</summary>
    public static async Task RunAsync(string folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }

        Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}\n{await output}\n{await errors}");
    }
}

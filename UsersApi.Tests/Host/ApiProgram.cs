using System.Diagnostics;
using UsersApi.Hosting;

namespace UsersApi.Tests.Host;

/// <summary>Runs the application as a program, to its end.</summary>
internal static class ApiProgram
{
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(
        IEnumerable<(string Name, string Value)> environment, params string[] arguments) =>
        RunAsync(environment, _ => Task.CompletedTask, arguments);

    /// <param name="environment">Variables that it gets beside those of this process.</param>
    /// <param name="meanwhile">Done while it runs.</param>
    /// <param name="arguments">Its command line.</param>
    public static Task<(int ExitCode, string Output, string Error)> RunAsync(
        IEnumerable<(string Name, string Value)> environment, Func<Process, Task> meanwhile, params string[] arguments) =>
        RunDotnetAsync(
            [
                ("ASPNETCORE_URLS", "http://127.0.0.1:0"), ("ASPNETCORE_CONTENTROOT", AppContext.BaseDirectory),
                // It is asked for what a test asks for, and nothing else.
                ("RedisCached__Warm__Requests__0__AtStart", "false"), .. environment,
            ],
            meanwhile,
            [typeof(CommandRunner).Assembly.Location, .. arguments]);

    public static async Task<(int ExitCode, string Output, string Error)> RunDotnetAsync(
        IEnumerable<(string Name, string Value)> environment, Func<Process, Task> meanwhile, params string[] arguments)
    {
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileName(host) == "dotnet" ? host : "dotnet";
        var start = new ProcessStartInfo(dotnet, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await meanwhile(process);
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}

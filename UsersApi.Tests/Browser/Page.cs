using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace UsersApi.Tests.Browser;

/// <summary>A page on an origin of its own, opened in Chromium. Its script posts what it found back to where it came from.</summary>
internal sealed class Page : IAsyncDisposable
{
    private static readonly string[] Programs = ["chromium", "chromium-browser", "google-chrome"];

    // Chromium starts in a second or two; on a busy machine it may take many.
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly TaskCompletionSource<JsonElement> _found = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("usersapi-chromium-");
    private readonly WebApplication _server;
    private string _script = "";

    private Page()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.MapGet("/", () => Results.Content($"<!doctype html><script type=\"module\">{_script}</script>", "text/html"));
        _server.MapPost("/found", (JsonElement found) => _found.TrySetResult(found.Clone()));
    }

    public string Origin => _server.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<Page> ServeAsync()
    {
        var page = new Page();
        await page._server.StartAsync();
        return page;
    }

    /// <summary>Opens the page, and returns the value of an expression in it.</summary>
    public async Task<JsonElement> EvaluateAsync(string functions, string expression)
    {
        _script = $$"""
            {{functions}}
            const post = found => fetch("/found", {
                method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(found) });
            {{expression}}.then(post, error => post({ error: String(error) }));
            """;

        // Without a sandbox: it starts as root too, and shows nothing but this page.
        using var browser = Process.Start(new ProcessStartInfo(
            Find(), ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", $"--user-data-dir={_profile.FullName}", Origin])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        try
        {
            return await _found.Task.WaitAsync(Limit);
        }
        finally
        {
            browser.Kill(entireProcessTree: true);
            await browser.WaitForExitAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _profile.Delete(recursive: true);
    }

    private static string Find() =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator)
            .SelectMany(folder => Programs.Select(program => Path.Combine(folder, program))).FirstOrDefault(File.Exists)
        ?? throw new FileNotFoundException("Chromium is missing: install it (Debian: apt-get install chromium).");
}

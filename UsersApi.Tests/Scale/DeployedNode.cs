using System.Diagnostics;
using System.Net;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>A node of a deployment: a process of one release of the API, on a port of its own.</summary>
internal sealed class DeployedNode : IDisposable
{
    private readonly ServerProcess _process;
    private bool _isKilled;

    private DeployedNode(ServerProcess process, Uri url, bool isNext)
    {
        (_process, IsNext) = (process, isNext);
        Client = new HttpClient(new SignedWrites(() => TestTokens.Development("users:write"))) { BaseAddress = url };
    }

    /// <summary>Whether it is of the next release.</summary>
    public bool IsNext { get; }

    /// <summary>Asks it past the proxy, with a token.</summary>
    public HttpClient Client { get; }

    public int Port => Client.BaseAddress!.Port;

    /// <summary>Starts it, and returns when it says that it is ready.</summary>
    public static async Task<DeployedNode> StartAsync(string folder, bool isNext, IReadOnlyDictionary<string, string> settings)
    {
        var url = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "UsersApi.dll")])
        {
            Environment =
            {
                ["ASPNETCORE_ENVIRONMENT"] = "Development",
                ["ASPNETCORE_CONTENTROOT"] = folder,
                ["ASPNETCORE_URLS"] = url.ToString(),
                ["Logging__LogLevel__Default"] = "Warning",
                ["Server__KnownProxies__0"] = "127.0.0.1",
                ["DOTNET_gcServer"] = "0",
                ["DOTNET_TieredPGO"] = "0",
            },
        };
        foreach (var (name, value) in settings)
            start.Environment[name] = value;

        var node = new DeployedNode(await ServerProcess.StartAsync(start, url.Port), url, isNext);
        await Eventually.HoldsAsync(node.IsReadyAsync, "the node is ready", TimeSpan.FromSeconds(60));
        return node;
    }

    public async Task<bool> IsReadyAsync() => await StatusOfAsync("/health/ready") == HttpStatusCode.OK;

    public async Task<HttpStatusCode> StatusOfAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return response.StatusCode;
    }

    /// <summary>Asks it to stop, and waits until it has.</summary>
    public Task EndAsync() => _process.EndAsync("TERM");

    /// <summary>Ends it as a crash does.</summary>
    public void Kill()
    {
        if (!_isKilled)
            _process.Dispose();

        _isKilled = true;
    }

    public void Dispose()
    {
        Kill();
        Client.Dispose();
    }
}

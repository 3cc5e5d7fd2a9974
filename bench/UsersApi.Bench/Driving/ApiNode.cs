using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Driving;

/// <summary>The application itself, as a process that serves with all that it has.</summary>
internal sealed class ApiNode : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private ApiNode(Process process, Uri address) =>
        (_process, Address, Client) = (process, address, new HttpClient { BaseAddress = address });

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>Seconds of processor time that it has used.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    public long MemoryBytes
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64;
        }
    }

    /// <summary>Starts a node, and returns when it is ready.</summary>
    /// <param name="program">The path of the application.</param>
    public static async Task<ApiNode> StartAsync(string program)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort()}");
        var start = Describe(program);
        start.Environment["ASPNETCORE_URLS"] = address.ToString();
        start.Environment["ConnectionStrings__Postgres"] += ";Maximum Pool Size=16";
        start.Environment["RedisCached__KeyPrefix"] = RedisServiceCollectionExtensions.KeyPrefix;
        start.Environment["Server__WritesPerSecond"] = "1000000";
        var node = new ApiNode(Process.Start(start) ?? throw new Win32Exception("dotnet did not start."), address);
        _ = node._process.StandardOutput.ReadToEndAsync();
        for (var clock = Stopwatch.StartNew(); !await node.IsReadyAsync();)
        {
            if (clock.Elapsed > Patience || node._process.HasExited)
                throw new InvalidOperationException("A node did not start.");

            await Task.Delay(100);
        }

        return node;
    }

    /// <summary>A token that the nodes take.</summary>
    /// <param name="program">The path of the application.</param>
    public static async Task<string> TokenAsync(string program)
    {
        using var process = Process.Start(Describe(program, "token")) ?? throw new Win32Exception("dotnet did not start.");
        var token = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return token.Trim();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!_process.HasExited)
        {
            using var kill = Process.Start("kill", ["-s", "TERM", _process.Id.ToString(CultureInfo.InvariantCulture)]);
            using var patience = new CancellationTokenSource(Patience);
            await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        _process.Dispose();
    }

    private static ProcessStartInfo Describe(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [program, .. arguments]) { RedirectStandardOutput = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        return start;
    }

    private async Task<bool> IsReadyAsync()
    {
        try
        {
            using var response = await Client.GetAsync(new Uri("/health/ready", UriKind.Relative));
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}

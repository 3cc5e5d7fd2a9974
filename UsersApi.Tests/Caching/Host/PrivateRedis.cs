using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using UsersApi.Tests.Coherence;

namespace UsersApi.Tests.Caching.Host;

/// <summary>A Redis server of one test's own, to be killed and started again.</summary>
internal sealed class PrivateRedis(params string[] arguments) : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caching-tests-");
    private readonly int _port = LoopbackPort.Free();
    private Process? _server;

    public string ConnectionString => $"127.0.0.1:{_port}";

    private string Dump => Path.Combine(_folder.FullName, "dump.rdb");

    public static async Task<PrivateRedis> StartAsync(params string[] arguments)
    {
        var redis = new PrivateRedis(arguments);
        await redis.BeginAsync();
        return redis;
    }

    /// <summary>Starts the server, with what its dump holds, and returns when it accepts connections.</summary>
    public async Task BeginAsync()
    {
        // "save 3600 1" keeps it from writing by itself while a test runs.
        var start = new ProcessStartInfo("redis-server") { RedirectStandardOutput = true };
        foreach (var argument in (string[])["--port", $"{_port}", "--bind", "127.0.0.1", "--dir", _folder.FullName, "--save", "3600 1", .. arguments.Select(argument => argument.Replace("{port}", $"{_port}", StringComparison.Ordinal))])
        {
            start.ArgumentList.Add(argument);
        }

        _server = Process.Start(start)!;
        string line;
        do
        {
            // Its log says when. A server that could not start must not be taken for another's.
            line = await _server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The Redis server of a test did not start.");
        }
        while (!line.Contains("Ready to accept connections", StringComparison.Ordinal));

        _ = _server.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Ends it as a crash does: nothing is saved.</summary>
    public async Task KillAsync()
    {
        _server!.Kill();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _server = null;
    }

    /// <summary>Stops its process where it stands; connections stay, and nothing answers.</summary>
    public void Hang() => Signal("STOP");

    public void GoOn() => Signal("CONT");

    /// <summary>Has the server write its dump, and keeps a copy.</summary>
    public async Task SnapshotAsync()
    {
        await CommandAsync("SAVE");
        File.Copy(Dump, Dump + ".copy", overwrite: true);
    }

    /// <summary>Puts the copy in the place of what a killed server left.</summary>
    public void Restore() => File.Copy(Dump + ".copy", Dump, overwrite: true);

    /// <summary>All commands that come while something is done.</summary>
    public async Task<string[]> MonitorAsync(Func<Task> doing)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        using var reader = new StreamReader(socket.GetStream());
        await socket.GetStream().WriteAsync("MONITOR\r\n"u8.ToArray());
        await reader.ReadLineAsync();
        await doing();
        await CommandAsync("ECHO that-was-all");
        var lines = new List<string>();
        while (await reader.ReadLineAsync() is { } line && !line.Contains("that-was-all", StringComparison.Ordinal))
        {
            lines.Add(line);
        }

        return [.. lines];
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await KillAsync();
        }

        _folder.Delete(recursive: true);
    }

    private void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{_server!.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>Sends a command, in Redis's inline form, and returns the first line of the answer.</summary>
    public async Task<string?> CommandAsync(string command)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, _port);
        using var reader = new StreamReader(socket.GetStream());
        await socket.GetStream().WriteAsync(System.Text.Encoding.ASCII.GetBytes(command + "\r\n"));
        return await reader.ReadLineAsync();
    }
}

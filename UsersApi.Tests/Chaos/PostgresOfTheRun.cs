using System.Diagnostics;
using System.Globalization;
using Npgsql;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Chaos;

/// <summary>A Postgres server of this run alone, to be broken.</summary>
internal sealed class PostgresOfTheRun : IBreakable, IDisposable
{
    // Postgres refuses to run as root.
    private const string ServersUser = "postgres";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usersapi-chaos-");
    private ServerProcess? _server;

    public int Port { get; } = LoopbackPort.Free();

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>An account that may do anything; on another port to go through a proxy.</summary>
    public static string ConnectionStringAt(int port) => $"Host=127.0.0.1;Port={port};Username=postgres;Database=postgres";

    /// <summary>Makes an empty cluster.</summary>
    public async Task CreateAsync()
    {
        await OwnFolderAsync();
        await RunAsync(Program("initdb", "-D", Data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"));
    }

    /// <summary>Makes a copy of a running server, which follows that server once it is started.</summary>
    public async Task CopyAsync(PostgresOfTheRun primary)
    {
        await OwnFolderAsync();
        var port = primary.Port.ToString(CultureInfo.InvariantCulture);
        await RunAsync(Program("pg_basebackup", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-D", Data, "-R", "-X", "stream", "-c", "fast", "--no-sync"));
    }

    public async Task StartAsync()
    {
        var options = (string[])["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "fsync=off"];
        _server = await ServerProcess.StartAsync(
            Program("postgres", ["-D", Data, "-p", Port.ToString(CultureInfo.InvariantCulture), .. options.SelectMany(option => (string[])["-c", option])]),
            Port);
    }

    /// <summary>Returns when it answers, which may be a while after it listens.</summary>
    public async Task AnswersAsync()
    {
        await using var source = NpgsqlDataSource.Create(ConnectionStringAt(Port) + ";Pooling=false");
        await Eventually.HoldsAsync(
            async () =>
            {
                try
                {
                    await using var command = source.CreateCommand("SELECT 1");
                    return await command.ExecuteScalarAsync() is 1;
                }
                catch (NpgsqlException)
                {
                    return false;
                }
            },
            "Postgres answers");
    }

    public void Kill()
    {
        _server?.Dispose();
        _server = null;
    }

    /// <summary>The server's process, and those that it started.</summary>
    public IReadOnlyList<int> Processes => _server?.Ids ?? [];

    public Task SignalAsync(string signal) => _server!.SignalAllAsync(signal);

    public async Task RestartAsync()
    {
        // Fast: on SIGTERM it would wait for every client to leave.
        await _server!.EndAsync("INT");
        await StartAsync();
    }

    public void Dispose()
    {
        Kill();
        _folder.Delete(recursive: true);
    }

    private async Task OwnFolderAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(new ProcessStartInfo("chown", [ServersUser, _folder.FullName]));
        }
    }

    private ProcessStartInfo Program(string name, params string[] arguments)
    {
        var path = Path.Combine(PostgresPrograms.Folder, name);
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", [$"--reuid={ServersUser}", $"--regid={ServersUser}", "--clear-groups", path, .. arguments])
            : new ProcessStartInfo(path, arguments);
        start.WorkingDirectory = _folder.FullName;
        return start;
    }

    private static async Task RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        Assert.That(process.ExitCode, Is.Zero, $"{start.FileName}: {string.Concat(output)}");
    }
}

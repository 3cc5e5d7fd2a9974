using System.Diagnostics;
using System.Globalization;
using Npgsql;
using UsersApi.Tests.Coherence;

namespace UsersApi.Tests.Data;

/// <summary>PgBouncer as Debian packages it, before a Postgres: it hands few sessions of the server to many clients.</summary>
internal sealed class PgBouncer : IDisposable
{
    // It refuses to run as root.
    private const string User = "postgres";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usersapi-pgbouncer-");
    private ServerProcess? _server;

    private PgBouncer()
    {
    }

    public int Port { get; } = LoopbackPort.Free();

    private string Settings => Path.Combine(_folder.FullName, "pgbouncer.ini");

    /// <param name="mode"><c>session</c> or <c>transaction</c>: for how long a client keeps a session of the server.</param>
    /// <param name="connectionString">The server; without it, the one that all tests share.</param>
    public static async Task<PgBouncer> StartAsync(string mode, string? connectionString = null)
    {
        var pool = new PgBouncer();
        var server = new NpgsqlConnectionStringBuilder(connectionString ?? TestServers.Postgres);

        // An empty one is a syntax error to it.
        var password = server.Password is { Length: > 0 } given ? $"password='{given}'" : "";

        // No option that would make it take what it does not take by default.
        await File.WriteAllTextAsync(pool.Settings, string.Create(CultureInfo.InvariantCulture, $"""
            [databases]
            * = host={server.Host} port={server.Port} user={server.Username} {password}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {pool.Port}
            unix_socket_dir =
            auth_type = any
            pool_mode = {mode}
            default_pool_size = 20
            """));
        pool._server = await ServerProcess.StartAsync(await pool.ProgramAsync(), pool.Port);
        return pool;
    }

    public void Dispose()
    {
        _server?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<ProcessStartInfo> ProgramAsync()
    {
        // A folder that is not on the path of ordinary users.
        var path = File.Exists("/usr/sbin/pgbouncer") ? "/usr/sbin/pgbouncer" : "pgbouncer";
        if (!Environment.IsPrivilegedProcess)
        {
            return new ProcessStartInfo(path, [Settings]);
        }

        using var chown = Process.Start("chown", ["-R", User, _folder.FullName]);
        await chown.WaitForExitAsync();
        return new ProcessStartInfo("setpriv", [$"--reuid={User}", $"--regid={User}", "--clear-groups", path, Settings]);
    }
}

using System.Diagnostics;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Coherence;

namespace UsersApi.Tests.Scale;

/// <summary>A master, a replica and a Sentinel that watches them, of one test's own.</summary>
internal sealed class RedisSentinel : IAsyncDisposable
{
    private const string Service = "users";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("caching-tests-sentinel-");
    private readonly int _port = LoopbackPort.Free();
    private Process? _sentinel;

    private RedisSentinel(PrivateRedis master, PrivateRedis replica) => (Master, Replica) = (master, replica);

    public PrivateRedis Master { get; }

    public PrivateRedis Replica { get; }

    public string ConnectionString => $"127.0.0.1:{_port},serviceName={Service}";

    public static async Task<RedisSentinel> StartAsync()
    {
        var sentinel = await PrepareAsync();
        await sentinel.WatchAsync();
        return sentinel;
    }

    /// <summary>The Sentinel itself is not there until it is told to watch.</summary>
    public static async Task<RedisSentinel> PrepareAsync()
    {
        var master = await PrivateRedis.StartAsync("--repl-diskless-sync-delay", "0");
        return new RedisSentinel(master, await PrivateRedis.StartAsync("--replicaof", master.ConnectionString.Replace(':', ' ')));
    }

    /// <summary>Whether the replica has taken over.</summary>
    public async Task<bool> HasFailedOverAsync() => (await RedisCluster.CliAsync(Replica, "ROLE")).StartsWith("master", StringComparison.Ordinal);

    public async ValueTask DisposeAsync()
    {
        if (_sentinel is not null)
        {
            _sentinel.Kill();
            await _sentinel.WaitForExitAsync();
            _sentinel.Dispose();
        }

        await Replica.DisposeAsync();
        await Master.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    public async Task WatchAsync()
    {
        var file = Path.Combine(_folder.FullName, "sentinel.conf");
        await File.WriteAllLinesAsync(file,
        [
            $"port {_port}", "bind 127.0.0.1", $"dir {_folder.FullName}",
            $"sentinel monitor {Service} {Master.ConnectionString.Replace(':', ' ')} 1",
            $"sentinel down-after-milliseconds {Service} 1000", $"sentinel failover-timeout {Service} 5000",
        ]);
        _sentinel = Process.Start(new ProcessStartInfo("redis-server", [file, "--sentinel"]) { RedirectStandardOutput = true })!;
        // Its log tells when it has found the replica, without which there is nothing to fail over to.
        while (await _sentinel.StandardOutput.ReadLineAsync() is { } line && !line.Contains("+slave", StringComparison.Ordinal))
        {
        }

        _ = _sentinel.StandardOutput.ReadToEndAsync();
    }
}

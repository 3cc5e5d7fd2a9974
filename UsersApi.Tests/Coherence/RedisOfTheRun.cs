using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace UsersApi.Tests.Coherence;

/// <summary>A Redis server of this run alone, to be broken.</summary>
internal sealed class RedisOfTheRun(params string[] options) : IBreakable, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usersapi-coherence-");
    private ServerProcess? _server;

    public int Port { get; } = LoopbackPort.Free();

    private string Dump => Path.Combine(_folder.FullName, "dump.rdb");

    private string OldDump => Path.Combine(_folder.FullName, "old.rdb");

    private string[] Arguments =>
        ["--bind", "127.0.0.1", "--port", Port.ToString(CultureInfo.InvariantCulture), "--dir", _folder.FullName, "--save", "", "--appendonly", "no"];

    public async Task StartAsync() =>
        _server = await ServerProcess.StartAsync(new ProcessStartInfo("redis-server", [.. Arguments, .. options]), Port);

    public void Kill() => _server?.Dispose();

    public Task SignalAsync(string signal) => _server!.SignalAllAsync(signal);

    public async Task RestartAsync()
    {
        await _server!.EndAsync("TERM");
        await RestartEmptyAsync();
    }

    /// <summary>As if memory had run short: every key is lost, and the server lives on.</summary>
    public Task LoseKeysAsync() => CommandAsync("FLUSHALL");

    /// <summary>As if memory had run short: keys that match are lost.</summary>
    public Task LoseKeysAsync(string pattern) => CommandAsync(
        $"EVAL \"for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('UNLINK', key) end return redis.status_reply('OK')\" 0 {pattern}");

    /// <summary>Ends the connections on which clients hear of evictions, and no others.</summary>
    public Task CutSubscriptionsAsync() => CommandAsync("CLIENT KILL TYPE pubsub");

    public Task FollowAsync(RedisOfTheRun master) =>
        CommandAsync(string.Create(CultureInfo.InvariantCulture, $"REPLICAOF 127.0.0.1 {master.Port}"));

    public Task LeadAsync() => CommandAsync("REPLICAOF NO ONE");

    public async Task TakeSnapshotAsync()
    {
        await CommandAsync("SAVE");
        File.Copy(Dump, OldDump, overwrite: true);
    }

    public Task RestartEmptyAsync()
    {
        _server?.Dispose();
        File.Delete(Dump);
        return StartAsync();
    }

    public Task RestartFromSnapshotAsync()
    {
        _server?.Dispose();
        File.Copy(OldDump, Dump, overwrite: true);
        return StartAsync();
    }

    public void Dispose()
    {
        _server?.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task CommandAsync(string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", Port);
        await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"));
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII);
        Assert.That(await reader.ReadLineAsync(), Does.Match("^[+:]"), command);
    }
}

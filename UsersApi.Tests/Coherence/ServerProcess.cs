using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;

namespace UsersApi.Tests.Coherence;

/// <summary>A program that listens on a port of the loopback interface, and can be killed with no chance to say goodbye.</summary>
internal sealed class ServerProcess : IDisposable
{
    private const int LinesKept = 40;
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);

    private readonly ConcurrentQueue<string> _output = new();
    private readonly Process _process;

    private readonly Action<string>? _heard;

    private ServerProcess(ProcessStartInfo start, Action<string>? heard)
    {
        _heard = heard;
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>The process, and those that it started.</summary>
    public IReadOnlyList<int> Ids => [_process.Id, .. ChildrenOf(_process.Id)];

    /// <param name="start">The program.</param>
    /// <param name="port">Where it will listen.</param>
    /// <param name="heard">Told of each line that it writes.</param>
    public static async Task<ServerProcess> StartAsync(ProcessStartInfo start, int port, Action<string>? heard = null)
    {
        var server = new ServerProcess(start, heard);
        using var deadline = new CancellationTokenSource(StartLimit);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!await AnswersAsync(port))
        {
            if (server._process.HasExited || deadline.IsCancellationRequested)
            {
                var output = string.Join('\n', server._output);
                server.Dispose();
                throw new InvalidOperationException($"{start.FileName} does not listen on port {port}:\n{output}");
            }

            await looks.WaitForNextTickAsync(CancellationToken.None);
        }

        return server;
    }

    /// <summary>Sends a signal to the process and those that it started: STOP, CONT, or whatever kill knows.</summary>
    public async Task SignalAllAsync(string signal) => await SignalAsync(signal, Ids);

    /// <summary>Sends a signal to the process alone.</summary>
    public Task SignalAsync(string signal) => SignalAsync(signal, [_process.Id]);

    /// <summary>Asks the process alone to end, by this signal, and waits until it did.</summary>
    public async Task EndAsync(string signal)
    {
        await SignalAsync(signal);
        await _process.WaitForExitAsync();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private static async Task SignalAsync(string signal, IEnumerable<int> processes)
    {
        using var kill = Process.Start("kill", ["-s", signal, .. processes.Select(id => id.ToString(CultureInfo.InvariantCulture))]);
        await kill.WaitForExitAsync();
    }

    private static IEnumerable<int> ChildrenOf(int process) =>
        File.ReadAllText($"/proc/{process}/task/{process}/children")
            .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(id => int.Parse(id, CultureInfo.InvariantCulture));

    private static async Task<bool> AnswersAsync(int port)
    {
        using var probe = new TcpClient();
        try
        {
            await probe.ConnectAsync("127.0.0.1", port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Keep(string? line)
    {
        _output.Enqueue(line ?? "");
        _heard?.Invoke(line ?? "");
        if (_output.Count > LinesKept)
        {
            _output.TryDequeue(out _);
        }
    }
}

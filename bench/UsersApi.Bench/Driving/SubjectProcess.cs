using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Driving;

/// <summary>A subject that runs.</summary>
internal sealed class SubjectProcess : IAsyncDisposable
{
    private readonly Process _process;

    private SubjectProcess(string name, Process process, Uri address, string package) =>
        (Name, _process, Address, Package, Client) = (name, process, address, package, new HttpClient { BaseAddress = address });

    public string Name { get; }

    public Uri Address { get; }

    /// <summary>The package that is measured, and its version.</summary>
    public string Package { get; }

    public HttpClient Client { get; }

    public static async Task<SubjectProcess> StartAsync(string name, SubjectSettings settings)
    {
        string[] arguments = [typeof(SubjectProcess).Assembly.Location, "subject", name, .. settings.ToArguments()];
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        // A few connections keep two cores busy, and all subjects together must stay below what Postgres allows.
        start.Environment["ConnectionStrings__Postgres"] += ";Maximum Pool Size=16";
        // A start on a busy machine, or a thousand clients on sixteen connections: what is slow is measured, and is no error.
        start.Environment["Postgres__ConnectTimeout"] = start.Environment["Postgres__CommandTimeout"] = "00:01:00";
        var process = Process.Start(start) ?? throw new Win32Exception("dotnet did not start.");
        var listening = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, output) =>
        {
            if (output.Data is null)
                listening.TrySetException(new InvalidOperationException($"{name} did not start."));
            else if (output.Data.StartsWith(SubjectHost.Listening, StringComparison.Ordinal))
                listening.TrySetResult(output.Data[SubjectHost.Listening.Length..]);
            else
                Console.Error.WriteLine(output.Data);
        };
        process.BeginOutputReadLine();
        var told = (await listening.Task).Split(' ', 2);
        return new SubjectProcess(name, process, new Uri(told[0]), package: told[1]);
    }

    public async Task<Usage> UsageAsync() => (await Client.GetFromJsonAsync<Usage>(SubjectStats.Path))!;

    /// <summary>Seconds of processor time that it has used.</summary>
    public double CpuSeconds
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Sends it a signal: STOP, CONT or KILL.</summary>
    public void Signal(string name)
    {
        using var kill = Process.Start("kill", ["-s", name, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        // A subject ends with its standard input, and so also when this process is killed.
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        await _process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_process.HasExited)
            _process.Kill();

        _process.Dispose();
    }
}

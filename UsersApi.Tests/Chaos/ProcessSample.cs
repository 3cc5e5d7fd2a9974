using System.Globalization;

namespace UsersApi.Tests.Chaos;

/// <summary>What a process holds, and how much it has served, at one moment.</summary>
internal readonly record struct ProcessSample(double Megabytes, int Handles, int Threads, long Requests)
{
    public static ProcessSample Of(int process, long requests)
    {
        var status = File.ReadLines($"/proc/{process}/status").ToList();
        return new ProcessSample(Number("VmRSS:") / 1024.0, Directory.GetFileSystemEntries($"/proc/{process}/fd").Length, Number("Threads:"), requests);

        int Number(string name) => int.Parse(
            status.Single(line => line.StartsWith(name, StringComparison.Ordinal)).Split(['\t', ' '], StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture);
    }
}

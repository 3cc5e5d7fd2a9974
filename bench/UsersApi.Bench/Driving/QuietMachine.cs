using System.Globalization;

namespace UsersApi.Bench.Driving;

/// <summary>Waits until others leave the processors alone, and not for ever.</summary>
internal static class QuietMachine
{
    private const double Threshold = 0.15;

    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(300);

    /// <returns>Whether it got quiet.</returns>
    public static async Task<bool> WaitAsync(TimeSpan patience)
    {
        for (var end = DateTime.UtcNow + patience; DateTime.UtcNow < end;)
        {
            var before = Read();
            await Task.Delay(Glance);
            var after = Read();
            if (after.Busy - before.Busy <= Threshold * (after.All - before.All))
                return true;
        }

        return false;
    }

    // The first line of /proc/stat: user, nice, system, idle, iowait, irq, softirq, steal; guests are part of user.
    private static (long Busy, long All) Read()
    {
        var times = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..9]
            .Select(time => long.Parse(time, CultureInfo.InvariantCulture)).ToArray();
        return (times.Sum() - times[3] - times[4], times.Sum());
    }
}

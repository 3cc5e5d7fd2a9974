using System.Globalization;

namespace UsersApi.Hosting;

/// <summary>Draws how far a long command is, in place on a terminal; elsewhere only its closing line is written.</summary>
internal sealed class ProgressBar(TextWriter output, bool isTerminal, TimeProvider clock) : IProgress<long>
{
    private const int Width = 30;
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(100);
    private readonly long _started = clock.GetTimestamp();
    private long _drawn;

    /// <summary>What <see cref="Report"/> counts towards; at least 1.</summary>
    public required long Total { get; init; }

    public TimeSpan Elapsed => clock.GetElapsedTime(_started);

    /// <summary>How long it took to report the total; zero before that.</summary>
    public TimeSpan Filled { get; private set; }

    public void Report(long value)
    {
        if (value == Total)
        {
            Filled = Elapsed;
        }

        var due = _drawn == 0 || clock.GetElapsedTime(_drawn) >= Redraw || value == Total;
        if (!isTerminal || !due)
        {
            return;
        }

        _drawn = clock.GetTimestamp();
        var filled = (int)(value * Width / Total);
        var bar = new string('#', filled).PadRight(Width, '.');
        output.Write(string.Create(CultureInfo.InvariantCulture, $"\r[{bar}] {value * 100 / Total,3} %  {value:N0} of {Total:N0}"));
    }

    /// <summary>Ends the bar's line, if there is one, and writes the closing line.</summary>
    public void Close(string line)
    {
        if (isTerminal && _drawn != 0)
        {
            output.WriteLine();
        }

        output.WriteLine(line);
    }
}

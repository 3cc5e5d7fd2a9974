using UsersApi.Hosting;

namespace UsersApi.Tests.Hosting;

public sealed class ProgressBarTests
{
    [Test]
    public void On_a_terminal_it_is_drawn_in_place()
    {
        using var output = new StringWriter();
        var bar = new ProgressBar(output, isTerminal: true, TimeProvider.System) { Total = 2000 };
        bar.Report(2000);
        bar.Close("Done.");

        Assert.That(output.ToString(), Does.StartWith("\r[##############################] 100 %  2,000 of 2,000").And.EndsWith($"{Environment.NewLine}Done.{Environment.NewLine}"));
    }

    [Test]
    public void Elsewhere_only_the_closing_line_is_written()
    {
        using var output = new StringWriter();
        var bar = new ProgressBar(output, isTerminal: false, TimeProvider.System) { Total = 10 };
        bar.Report(10);
        bar.Close("Done.");

        Assert.That(output.ToString(), Is.EqualTo($"Done.{Environment.NewLine}"));
    }
}

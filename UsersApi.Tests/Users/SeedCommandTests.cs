using Spectre.Console;
using UsersApi.Tests.Host;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed class SeedCommandTests : ApiTest
{
    [TestCase("--count 20000", 20_000, false)]
    [TestCase("--count=1 --if-empty", 1, true)]
    [TestCase("--if-empty --count 10000000", 10_000_000, true)]
    public void Arguments_that_make_sense_are_taken(string line, long count, bool ifEmpty)
    {
        var parsed = CreateCommand(AnsiConsole.Console).Parse(line);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(parsed.Errors, Is.Empty);
            Assert.That(parsed.GetValue<long>("--count"), Is.EqualTo(count));
            Assert.That(parsed.GetValue<bool>("--if-empty"), Is.EqualTo(ifEmpty));
        }
    }

    [TestCase("", "Option '--count' is required.")]
    [TestCase("--count", "Required argument missing for option: '--count'.")]
    [TestCase("--count 0", "--count must be a number from 1 to 10000000.")]
    [TestCase("--count -1", "--count must be a number from 1 to 10000000.")]
    [TestCase("--count ten", "--count must be a number from 1 to 10000000.")]
    [TestCase("--count 1,000", "--count must be a number from 1 to 10000000.")]
    [TestCase("--count 10000001", "--count must be a number from 1 to 10000000.")]
    [TestCase("--count 99999999999999999999", "--count must be a number from 1 to 10000000.")]
    [TestCase("--count 1 2", "Unrecognized command or argument '2'.")]
    [TestCase("--number 1", "Unrecognized command or argument '--number'.")]
    public void Others_are_refused(string line, string reason) =>
        Assert.That(CreateCommand(AnsiConsole.Console).Parse(line).Errors.Select(error => error.Message), Has.Member(reason));

    [Test]
    public async Task On_a_terminal_a_bar_shows_how_far_it_is()
    {
        var output = await SeedAsync(isTerminal: true);

        Assert.That(output, Does.Contain("100%").And.Contain("of 1,500 users").And.Match(@"Seeded 1,500 users in \d+\.\d s"));
    }

    [Test]
    public async Task Elsewhere_only_the_closing_line_is_written()
    {
        var output = await SeedAsync(isTerminal: false);

        Assert.That(output, Does.Match(@"^Seeded 1,500 users in \d+\.\d s[^\n]*\n\z"));
    }

    private SeedCommand CreateCommand(IAnsiConsole console) => new(Api.Services.GetRequiredService<UserSeeder>, console);

    private async Task<string> SeedAsync(bool isTerminal)
    {
        using var writer = new StringWriter { NewLine = "\n" };
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.Yes,
            Interactive = InteractionSupport.Yes,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new Output(writer, isTerminal),
        });
        await CreateCommand(console).Parse("--count 1500").InvokeAsync();
        return writer.ToString();
    }

    private sealed class Output(TextWriter writer, bool isTerminal) : IAnsiConsoleOutput
    {
        public TextWriter Writer => writer;

        public bool IsTerminal => isTerminal;

        public int Width => 80;

        public int Height => 24;

        public void SetEncoding(System.Text.Encoding encoding)
        {
        }
    }
}

using UsersApi.Hosting;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed class SeedCommandTests
{
    [TestCase("--count 20000", 20_000, false)]
    [TestCase("--count=1 --if-empty", 1, true)]
    [TestCase("--if-empty --count 10000000", 10_000_000, true)]
    public void Arguments_that_make_sense_are_taken(string line, long count, bool ifEmpty) =>
        Assert.That(SeedCommand.Parse(line.Split(' ')), Is.EqualTo((count, ifEmpty)));

    [TestCase("")]
    [TestCase("--count")]
    [TestCase("--count 0")]
    [TestCase("--count -1")]
    [TestCase("--count ten")]
    [TestCase("--count 1,000")]
    [TestCase("--count 10000001")]
    [TestCase("--count 99999999999999999999")]
    [TestCase("--count 1 2")]
    [TestCase("--number 1")]
    public void Others_are_refused(string line) =>
        Assert.That(
            () => SeedCommand.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)), Throws.TypeOf<UsageException>());
}

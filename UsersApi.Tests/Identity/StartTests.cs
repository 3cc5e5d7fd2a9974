using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

/// <summary>The program starts only where it knows whose tokens to take.</summary>
public sealed class StartTests
{
    private static readonly (string, string)[] Production =
    [
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=9"),
    ];

    [TestCase(null, null, "Nobody is configured to issue tokens: set Authentication__Authority and Authentication__Audience, or start with ./dev run.")]
    [TestCase(null, "users-api", "Nobody is configured to issue tokens: set Authentication__Authority and Authentication__Audience, or start with ./dev run.")]
    [TestCase("https://issuer.example", null, "Authentication:Audience is missing: set Authentication__Audience to what the issuer calls this API.")]
    [TestCase("http://issuer.example", "users-api", "Authentication:Authority must be an absolute https URL.")]
    [TestCase("issuer.example", "users-api", "Authentication:Authority must be an absolute https URL.")]
    public async Task Without_an_issuer_one_line_says_what_to_do(string? authority, string? audience, string line)
    {
        List<(string, string)> environment = [.. Production];
        AddWhereSet("Authentication__Authority", authority);
        AddWhereSet("Authentication__Audience", audience);

        var result = await ApiProgram.RunAsync(environment);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That(result.Error.TrimEnd(), Is.EqualTo(line));
            Assert.That(result.Output, Is.Empty, "no stack trace in the log either");
        }

        void AddWhereSet(string name, string? value)
        {
            if (value is not null)
            {
                environment.Add((name, value));
            }
        }
    }

    [Test]
    public async Task Every_mistake_has_a_line_of_its_own()
    {
        var result = await ApiProgram.RunAsync([("ASPNETCORE_ENVIRONMENT", "Production"), ("ConnectionStrings__Postgres", ""), ("Server__MaxHeaders", "0")]);

        Assert.That(result.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(3).And.None.Contains("   at "));
    }

    [Test]
    public async Task Development_without_a_place_for_its_key_says_so_in_one_line()
    {
        var result = await ApiProgram.RunAsync(
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=9"),
            ("Authentication__DevelopmentKeyFile", "/proc/nowhere/development.key"),
        ]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That(result.Error.TrimEnd(), Does.StartWith("The key that signs Development's tokens cannot be kept: ").And.Not.Contains("\n"));
        }
    }
}

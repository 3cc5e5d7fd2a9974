using Microsoft.AspNetCore.DataProtection;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

/// <summary>The program starts only where it knows whose tokens to take.</summary>
public sealed class StartTests
{
    private const string Section = "Authentication:Schemes:Bearer";
    private const string Variable = "Authentication__Schemes__Bearer__";
    private const string Nobody =
        $"Nobody is configured to issue tokens: set {Variable}Authority and {Variable}ValidAudience, or start with ./dev run.";
    private const string NoAudience = $"{Section}:ValidAudience is missing: set {Variable}ValidAudience to what the issuer calls this API.";
    private const string NoSecrets = $"{Section}:SigningKeys are for Development only: elsewhere the issuer signs with a key of its own.";

    private static readonly (string, string)[] Production =
    [
        ("ASPNETCORE_ENVIRONMENT", "Production"),
        ("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=9"),
    ];

    [TestCase(null, null, Nobody)]
    [TestCase(null, "users-api", Nobody)]
    [TestCase("https://issuer.example", null, NoAudience)]
    [TestCase("http://issuer.example", "users-api", Section + ":Authority must be an absolute https URL.")]
    [TestCase("issuer.example", "users-api", Section + ":Authority must be an absolute https URL.")]
    public async Task Without_an_issuer_one_line_says_what_to_do(string? authority, string? audience, string line)
    {
        List<(string, string)> environment = [.. Production];
        AddWhereSet(Variable + "Authority", authority);
        AddWhereSet(Variable + "ValidAudience", audience);

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

    [TestCase("https://issuer.example", NoSecrets)]
    [TestCase(null, Nobody)]
    public async Task A_secret_is_no_issuer_outside_Development(string? authority, string line)
    {
        var result = await ApiProgram.RunAsync(
        [
            .. Production,
            (Variable + "Authority", authority ?? ""),
            (Variable + "ValidIssuer", "dotnet-user-jwts"),
            (Variable + "ValidAudience", "users-api"),
            (Variable + "SigningKeys__0__Issuer", "dotnet-user-jwts"),
            (Variable + "SigningKeys__0__Value", Convert.ToBase64String(new byte[32])),
        ]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That(result.Error.TrimEnd(), Is.EqualTo(line));
        }
    }

    [Test]
    public async Task Every_mistake_has_a_line_of_its_own()
    {
        var result = await ApiProgram.RunAsync(
            [("ASPNETCORE_ENVIRONMENT", "Production"), ("ConnectionStrings__Postgres", ""), ("Server__MaxHeaders", "0")]);

        Assert.That(result.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(3).And.None.Contains("   at "));
    }

    [Test]
    public async Task Data_protection_makes_no_keys_that_nobody_would_use()
    {
        await using var api = await UsersApiHost.StartAsync();

        Assert.That(api.Services.GetService<IDataProtectionProvider>(), Is.Null);
    }

    [Test]
    public async Task Development_without_a_place_for_its_key_says_so_in_one_line()
    {
        var result = await ApiProgram.RunAsync(
        [
            ("ASPNETCORE_ENVIRONMENT", "Development"),
            ("ConnectionStrings__Postgres", "Host=127.0.0.1;Port=9"),
            ("APPDATA", "/proc/nowhere"),
        ]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That(result.Error.TrimEnd(), Does.StartWith("The key that signs Development's tokens cannot be kept in the user secrets below HOME: ").And.Not.Contains("\n"));
        }
    }
}

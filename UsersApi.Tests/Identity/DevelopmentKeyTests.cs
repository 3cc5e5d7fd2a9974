using Microsoft.Extensions.Options;
using UsersApi.Hosting;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

public sealed class DevelopmentKeyTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string Path => System.IO.Path.Combine(_folder, "below", "development.key");

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_is_made_once_for_all_who_start_at_the_same_time()
    {
        var keys = new string[32];
        Parallel.For(0, keys.Length, i => keys[i] = Read());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(keys, Is.All.EqualTo(Read()));
            Assert.That(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories), Is.EqualTo(new[] { Path }), "nothing unfinished is left");
        }
    }

    [Test]
    [Platform("Linux")]
    public void Nobody_else_may_read_it()
    {
        Read();

        // The analyzer does not know the attribute above.
#pragma warning disable CA1416
        Assert.That(File.GetUnixFileMode(Path), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
#pragma warning restore CA1416
    }

    [TestCase("not a key")]
    [TestCase("dG9vIHNob3J0")]
    [TestCase("")]
    public void A_damaged_one_is_not_replaced_behind_its_users_back(string content)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, content);

        Assert.That(Read, Throws.InstanceOf<StartupException>().With.Message.Contains("delete it"));
    }

    [Test]
    public async Task The_program_prints_a_token_and_nothing_else()
    {
        var result = await ApiProgram.RunAsync([("ASPNETCORE_ENVIRONMENT", "Development"), ("Authentication__DevelopmentKeyFile", TestTokens.KeyFile)], "token", Scopes.UsersWrite);
        await using var api = await UsersApiHost.StartAsync();
        using var written = await api.Anonymous.SendAsync(HttpMethod.Post, Http.Users, """{"email":"a@example.com"}""", token: result.Output.TrimEnd('\n'));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.Error);
            Assert.That(result.Output.Split('.'), Has.Length.EqualTo(3));
            Assert.That(written.StatusCode, Is.EqualTo(System.Net.HttpStatusCode.Created));
        }
    }

    [TestCase("Production", "", 1, "token: tokens are made here in Development")]
    [TestCase("Development", "https://issuer.example", 1, "token: tokens are made here in Development")]
    [TestCase("Development", "", 2, "'users:read' is not a scope", "users:read")]
    public async Task Where_it_cannot_it_says_why(string environment, string authority, int exitCode, string reason, params string[] scopes)
    {
        List<(string, string)> variables = [("ASPNETCORE_ENVIRONMENT", environment), ("Authentication__DevelopmentKeyFile", Path)];
        if (authority.Length > 0)
        {
            variables.AddRange([("Authentication__Authority", authority), ("Authentication__Audience", "users-api")]);
        }

        var result = await ApiProgram.RunAsync(variables, ["token", .. scopes]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(exitCode));
            Assert.That(result.Error, Does.StartWith(reason));
            Assert.That(result.Output, Is.Empty);
            Assert.That(File.Exists(Path), Is.False, "no key is made");
        }
    }

    private string Read() =>
        Convert.ToBase64String(new DevelopmentKey(Options.Create(new BearerOptions { DevelopmentKeyFile = Path })).Key.Key);
}

using System.Net;
using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

/// <summary>The ways to a token in Development: <c>UsersApi token</c> and <c>dotnet user-jwts create</c>.</summary>
public sealed class DevelopmentTokenTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_program_prints_a_token_and_nothing_else()
    {
        await using var api = await UsersApiHost.StartAsync();
        var result = await ApiProgram.RunAsync([("ASPNETCORE_ENVIRONMENT", "Development")], "token", Scopes.UsersWrite);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.Zero, result.Error);
            Assert.That(result.Output.Split('.'), Has.Length.EqualTo(3));
            Assert.That(await WriteAsync(api, result.Output), Is.EqualTo(HttpStatusCode.Created));
        }
    }

    [Test]
    public async Task Tokens_of_user_jwts_are_taken_and_making_one_changes_no_file_of_the_project()
    {
        await using var api = await UsersApiHost.StartAsync();
        var project = ProjectOf(api);
        var before = await ReadProjectAsync(project);
        var one = await UserJwtsAsync(project, TestTokens.SecretsRoot, "--scope", "users:write");
        var two = await UserJwtsAsync(project, TestTokens.SecretsRoot, "--scope", "cache:admin", "--scope", "users:write");
        var other = await UserJwtsAsync(project, TestTokens.SecretsRoot, "--scope", "cache:admin");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await WriteAsync(api, one), Is.EqualTo(HttpStatusCode.Created));
            Assert.That(await WriteAsync(api, two), Is.EqualTo(HttpStatusCode.Created), "scopes as an array");
            Assert.That(await WriteAsync(api, other), Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(await ReadProjectAsync(project), Is.EqualTo(before));
        }
    }

    [Test]
    public async Task A_key_that_user_jwts_made_first_is_the_one_that_the_program_signs_with()
    {
        await using var api = await UsersApiHost.StartAsync();
        await UserJwtsAsync(ProjectOf(api), _folder, "--scope", "users:write");
        var file = TestTokens.SecretsFile(_folder);
        var secrets = await File.ReadAllTextAsync(file);
        var keys = new ConfigurationBuilder().AddJsonFile(file).Build().AsEnumerable().Where(pair => pair.Value is not null);
        var result = await ApiProgram.RunAsync([("ASPNETCORE_ENVIRONMENT", "Development"), ("APPDATA", _folder)], "token");
        await using var sharing = api.StartAnother([.. keys.Select(pair => (pair.Key, pair.Value!))]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await WriteAsync(sharing, result.Output), Is.EqualTo(HttpStatusCode.Created));
            Assert.That(await WriteAsync(api, result.Output), Is.EqualTo(HttpStatusCode.Unauthorized), "of another key");
            Assert.That(await File.ReadAllTextAsync(file), Is.EqualTo(secrets));
        }
    }

    [TestCase("Production", "", 1, "token: Tokens are made here in Development")]
    [TestCase("Development", "https://issuer.example", 1, "token: Tokens are made here in Development")]
    [TestCase("Development", "", 2, "'users:delete' is not a scope", "users:delete")]
    public async Task Where_it_cannot_it_says_why(string environment, string authority, int exitCode, string reason, params string[] scopes)
    {
        List<(string, string)> variables = [("ASPNETCORE_ENVIRONMENT", environment), ("APPDATA", _folder)];
        if (authority.Length > 0)
        {
            variables.Add(("Authentication__Schemes__Bearer__Authority", authority));
        }

        var result = await ApiProgram.RunAsync(variables, ["token", .. scopes]);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(exitCode));
            Assert.That(result.Error, Does.StartWith(reason));
            Assert.That(result.Output, Is.Empty);
            Assert.That(Directory.GetFileSystemEntries(_folder), Is.Empty, "no key is made");
        }
    }

    private static string ProjectOf(UsersApiHost api) => api.Services.GetRequiredService<IWebHostEnvironment>().ContentRootPath;

    private static async Task<HttpStatusCode> WriteAsync(UsersApiHost api, string token)
    {
        using var response = await api.Anonymous.SendAsync(
            HttpMethod.Post, Http.Users, $$"""{"email":"{{Guid.NewGuid()}}@example.com"}""", token: token.TrimEnd());
        return response.StatusCode;
    }

    private static async Task<string> UserJwtsAsync(string project, string secretsRoot, params string[] arguments)
    {
        var result = await ApiProgram.RunDotnetAsync(
            [("APPDATA", secretsRoot), ("DOTNET_CLI_TELEMETRY_OPTOUT", "1")],
            _ => Task.CompletedTask,
            ["user-jwts", "create", "--project", project, "--output", "token", .. arguments]);
        Assert.That(result.ExitCode, Is.Zero, result.Output + result.Error);
        return result.Output;
    }

    private static async Task<string[]> ReadProjectAsync(string project) =>
        await Task.WhenAll(new[] { "UsersApi.csproj", "appsettings.json", "appsettings.Development.json", "Properties/launchSettings.json" }
            .Select(file => File.ReadAllTextAsync(Path.Combine(project, file))));
}

using System.IO.Compression;
using System.Reflection;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Packaging;

/// <summary>The cache as others get it: packed, installed into an application that knows nothing of this repository, and run.</summary>
public sealed class PackageTests
{
    private static readonly string Version = $"0.0.0-test.{Guid.NewGuid():N}";
    private static readonly string Configuration =
        typeof(PackageTests).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    private static string _folder = null!;

    [OneTimeSetUp]
    public static async Task PackAsync()
    {
        _folder = Directory.CreateTempSubdirectory("packed-cache-").FullName;
        var project = Path.Combine(FindRepository(), "UsersApi", "Caching", "UsersApi.Caching.csproj");

        // What the tests' own build compiled, and no second compilation beside it.
        var output = await DotnetCommand.RunAsync(
            _folder, "pack", project, "--no-build", "--configuration", Configuration, "--output", _folder, $"-p:Version={Version}");
        Assert.That(output, Does.Not.Contain("warning").IgnoreCase);
    }

    [OneTimeTearDown]
    public static void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_brings_its_documentation_and_its_readme()
    {
        using var package = ZipFile.OpenRead(Path.Combine(_folder, $"UsersApi.Caching.{Version}.nupkg"));

        Assert.That(
            package.Entries.Select(entry => entry.FullName),
            Is.SupersetOf(new[] { "lib/net10.0/UsersApi.Caching.dll", "lib/net10.0/UsersApi.Caching.xml", "README.md" }));
    }

    [Test]
    public void Public_is_what_an_application_names_and_nothing_else() => Assert.That(
        typeof(RedisCachedAttribute).Assembly.GetExportedTypes().Select(type => type.Name),
        Is.EquivalentTo(new[]
        {
            "CacheAudience", "CacheSettings", "ICacheKeyDimension", "IRedisCacheEvictor", "RedisCacheEvictAttribute",
            "RedisCacheEvictFeature", "RedisCachedAttribute", "RedisCachedFeature",
            "RedisCachedEndpointConventionBuilderExtensions", "RedisCachedOptions", "RedisCachedRevalidation", "RedisCachedServiceCollectionExtensions",
        }));

    [Test]
    public async Task An_empty_application_installs_it_and_has_a_miss_and_then_hits()
    {
        await WriteApplicationAsync();
        await DotnetCommand.RunAsync(_folder, "build", "--output", Path.Combine(_folder, "out"));

        var prefix = $"test:{Version}:";
        var url = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        var start = DotnetCommand.In(_folder, Path.Combine(_folder, "out", "Greetings.dll"));
        start.Environment["ASPNETCORE_URLS"] = url.ToString();
        start.Environment["ConnectionStrings__Redis"] = TestServers.Redis;
        start.Environment["RedisCached__KeyPrefix"] = prefix;
        start.Environment["RedisCached__VersionsTimeoutMs"] = "10000";
        using var application = await ServerProcess.StartAsync(start, url.Port);
        using var client = new HttpClient { BaseAddress = url };

        // It serves while it still connects to Redis, and says so.
        var first = "";
        await Eventually.HoldsAsync(
            async () => !(first = await GreetAsync(client)).Contains("unreachable", StringComparison.Ordinal), "it is connected to Redis");
        var second = await GreetAsync(client);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(first, Does.EndWith("fwd=uri-miss; stored"));
            Assert.That(second, Does.Contain("; hit; ttl="));
        }

        await Eventually.HoldsAsync(
            async () => (await TestRedis.ReadKeysAsync(prefix)).Contains(":get:", StringComparison.Ordinal), "the entry is in Redis");
        await TestRedis.DeleteAsync(prefix);
    }

    private static async Task<string> GreetAsync(HttpClient client)
    {
        using var response = await client.GetAsync("/greetings/Ada");
        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("Hello, Ada!"));
        return response.Headers.GetValues("Cache-Status").Single();
    }

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "UsersApi.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    private static async Task WriteApplicationAsync()
    {
        // The other packages lie in the machine's own folder already; this one goes to a folder that is deleted with the test.
        var installed = await DotnetCommand.RunAsync(_folder, "nuget", "locals", "global-packages", "--list", "--force-english-output");
        var machines = installed[(installed.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        await WriteAsync("nuget.config", $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="installed" /></config>
              <fallbackPackageFolders><add key="machine" value="{machines}" /></fallbackPackageFolders>
              <packageSources><add key="packed" value="{_folder}" /></packageSources>
            </configuration>
            """);
        await WriteAsync("Greetings.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="UsersApi.Caching" Version="{Version}" />
              </ItemGroup>
            </Project>
            """);
        await WriteAsync("Program.cs", """
            using Microsoft.AspNetCore.Mvc;
            using UsersApi.Caching;

            var builder = WebApplication.CreateBuilder(args);
            builder.Services.AddControllers();
            builder.Services.AddRedisCached(builder.Configuration);

            var app = builder.Build();
            app.MapControllers().WithEarlyHits();
            app.Run();

            [Route("greetings")]
            public sealed class GreetingsController : ControllerBase
            {
                [HttpGet("{name}"), RedisCached(Seconds = 60)]
                public string Greet(string name) => $"Hello, {name}!";
            }
            """);
    }

    private static Task WriteAsync(string name, string text) => File.WriteAllTextAsync(Path.Combine(_folder, name), text);
}

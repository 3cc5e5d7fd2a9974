using System.IO.Compression;
using System.Reflection;
using System.Text.RegularExpressions;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Packaging;

/// <summary>The cache as others get it: packed, installed into an application that knows nothing of this repository, and run.</summary>
public sealed partial class PackageTests
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
            "CacheAudience", "CacheSettings", "HashedInKeyAttribute", "ICacheKeyDimension", "IRedisCacheEvictor", "RedisCacheEvictAttribute",
            "RedisCacheEvictFeature", "RedisCachedAttribute", "RedisCachedFeature",
            "RedisCachedEndpointConventionBuilderExtensions", "RedisCachedOptions", "RedisCachedOwnRequest", "RedisCachedServiceCollectionExtensions",
        }));

    [Test]
    public async Task An_empty_application_that_follows_the_guide_has_a_miss_then_hits_and_evicts()
    {
        await WriteSourcesAsync();
        var guide = new Guide(await File.ReadAllTextAsync(Path.Combine(FindRepository(), "docs", "your-own-api.md")));
        foreach (var command in guide.Commands.Where(command => !command.Contains(" run ", StringComparison.Ordinal)))
        {
            await DotnetCommand.RunAsync(_folder, command.Split(' ')[1..]);
            if (command.StartsWith("dotnet new", StringComparison.Ordinal))
            {
                await File.WriteAllTextAsync(Path.Combine(_folder, "Greetings", "Program.cs"), guide.Program);
            }
        }

        var prefix = $"test:{Version}:";
        var url = new Uri($"http://127.0.0.1:{LoopbackPort.Free()}");
        var start = DotnetCommand.In(_folder, Path.Combine(_folder, "Greetings", "bin", "Debug", "net10.0", "Greetings.dll"));
        start.Environment["ASPNETCORE_URLS"] = url.ToString();
        start.Environment["ConnectionStrings__Redis"] = TestServers.Redis;
        start.Environment["RedisCached__KeyPrefix"] = prefix;
        start.Environment["RedisCached__VersionsTimeout"] = "00:00:10";
        using var application = await ServerProcess.StartAsync(start, url.Port);
        using var client = new HttpClient { BaseAddress = url };

        var seen = new List<(string, string)>();
        foreach (var (method, target, status) in guide.Exchanges)
        {
            using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method), target));
            response.EnsureSuccessStatusCode();
            var said = response.Headers.TryGetValues("Cache-Status", out var values) ? values.Single() : "";
            // Of how long it is fresh, a few milliseconds decide.
            seen.Add((Ttl().Replace(status, "ttl="), Ttl().Replace(said, "ttl=")));
        }

        Assert.That(seen, Has.Count.EqualTo(4));
        Assert.That(seen.Select(pair => pair.Item2), Is.EqualTo(seen.Select(pair => pair.Item1)));
        Assert.That(await client.GetStringAsync(new Uri("/greetings/Ada", UriKind.Relative)), Is.EqualTo("Hi, Ada!"));
        await Eventually.HoldsAsync(
            async () => (await TestRedis.ReadKeysAsync(prefix)).Contains(":get:", StringComparison.Ordinal), "the entry is in Redis");
        await TestRedis.DeleteAsync(prefix);
    }

    [GeneratedRegex("ttl=[0-9]+")]
    private static partial Regex Ttl();

    private static string FindRepository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "UsersApi.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    // The other packages lie in the machine's own folder already; this one goes to a folder that is deleted with the test.
    private static async Task WriteSourcesAsync()
    {
        var installed = await DotnetCommand.RunAsync(_folder, "nuget", "locals", "global-packages", "--list", "--force-english-output");
        var machines = installed[(installed.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        await File.WriteAllTextAsync(Path.Combine(_folder, "nuget.config"), $"""
            <configuration>
              <config><add key="globalPackagesFolder" value="installed" /></config>
              <fallbackPackageFolders><add key="machine" value="{machines}" /></fallbackPackageFolders>
              <packageSources><clear /><add key="packed" value="{_folder}" /></packageSources>
            </configuration>
            """);
    }
}

using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Clients;

/// <summary>
/// What strangers' tools make of the document of the running API: two linters find nothing, and two generated clients call it.
/// </summary>
[Category("Browser")]
public sealed class ClientTests : SharedApiTest
{
    private DirectoryInfo _folder = null!;

    // Outside of the repository, so that none of its build settings reach what is generated.
    [SetUp]
    public void CopyFiles()
    {
        _folder = Directory.CreateTempSubdirectory("usersapi-clients-");
        var source = Path.Combine(AppContext.BaseDirectory, "Clients");
        foreach (var file in Directory.EnumerateFiles(source, "*", SearchOption.AllDirectories))
        {
            var copy = Path.Combine(_folder.FullName, Path.GetRelativePath(source, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    [TearDown]
    public void DeleteFiles() => _folder.Delete(recursive: true);

    [Test]
    public async Task Linters_find_nothing_and_a_TypeScript_client_reads_and_writes()
    {
        var folder = await DescribeAsync("TypeScript");
        await OtherProgram.RunAsync(folder, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline");

        await OtherProgram.RunAsync(folder, "npm", "run", "lint");
        await OtherProgram.RunAsync(folder, "npm", "run", "generate");
        await OtherProgram.RunAsync(folder, "npm", "run", "compile");
        await OtherProgram.RunAsync(folder, "node", "calls.js", Url, Token);
    }

    [Test]
    public async Task CSharp_client_reads_and_writes()
    {
        var folder = await DescribeAsync("CSharp");
        await OtherProgram.RunAsync(folder, "dotnet", "tool", "restore");

        // Offline: it would ask whether there is a newer version of itself.
        await OtherProgram.RunAsync(
            folder, "env", "KIOTA_OFFLINE_ENABLED=true", "dotnet", "kiota", "generate", "--language", "CSharp", "--openapi", "openapi.json",
            "--output", "Generated", "--class-name", "UsersClient", "--namespace-name", "UsersApi.Clients.CSharp");
        await OtherProgram.RunAsync(folder, "dotnet", "run", "--", Url, Token);
    }

    private string Url => Client.BaseAddress!.GetLeftPart(UriPartial.Authority);

    private static string Token => TestTokens.Development(Scopes.All);

    private async Task<string> DescribeAsync(string client)
    {
        var folder = Path.Combine(_folder.FullName, client);
        await File.WriteAllTextAsync(Path.Combine(folder, "openapi.json"), await Client.GetStringAsync("/openapi/v1.json"));
        return folder;
    }
}

using System.Diagnostics;

namespace UsersApi.Tests.Manifests;

/// <summary>The manifests are what Kubernetes takes: by its own schemas, and without a misspelt name.</summary>
[TestFixture, Category("Scale"), FixtureLifeCycle(LifeCycle.SingleInstance), NonParallelizable]
public sealed class ManifestTests
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("manifest-tests-");
    private string _manifests = "";

    private static string Root => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../.."));

    [OneTimeSetUp]
    public async Task BuildAsync()
    {
        foreach (var file in (string[])["package.json", "package-lock.json", "check.mjs"])
        {
            File.Copy(Path.Combine(Root, "UsersApi.Tests/Manifests", file), Path.Combine(_folder.FullName, file));
        }

        var (status, output) = await RunAsync("npm", "", "ci", "--no-audit", "--no-fund");
        Assert.That(status, Is.Zero, output);
        (status, _manifests) = await RunAsync("kubectl", "", "kustomize", Path.Combine(Root, "docs/kubernetes"));
        Assert.That(status, Is.Zero, _manifests);
    }

    [OneTimeTearDown]
    public void Delete() => _folder.Delete(recursive: true);

    [Test]
    public async Task Manifests_are_valid()
    {
        var (status, output) = await CheckAsync(_manifests);

        Assert.That((status, output), Is.EqualTo((0, "\n8 manifests\n")));
    }

    [TestCase("readinessProbe:", "readynessProbe:"), TestCase("maxReplicas: 10", "maxReplicas: many"), TestCase("  selector:", "  choice:")]
    public async Task Mistake_in_a_manifest_is_found(string right, string wrong)
    {
        Assert.That(_manifests, Does.Contain(right));

        Assert.That((await CheckAsync(_manifests.Replace(right, wrong, StringComparison.Ordinal))).Status, Is.EqualTo(1));
    }

    private Task<(int Status, string Output)> CheckAsync(string manifests) => RunAsync("node", manifests, "check.mjs");

    private async Task<(int Status, string Output)> RunAsync(string program, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output);
    }
}

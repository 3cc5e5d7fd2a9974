using UsersApi.Tests.Host;
using UsersApi.Tests.Packaging;

namespace UsersApi.Tests.Scale;

/// <summary>The API as a later release might be: built from a copy of the sources in which a user has one field more.</summary>
internal sealed class NextRelease : IDisposable
{
    /// <summary>What each user in its responses has, and none in this release's.</summary>
    public const string NewField = "\"shape\":\"next\"";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usersapi-next-");

    private NextRelease()
    {
    }

    /// <summary>The folder of the built program.</summary>
    public string Program => Path.Combine(_folder.FullName, "program");

    public static async Task<NextRelease> BuildAsync()
    {
        var next = new NextRelease();
        foreach (var part in (string[])["UsersApi", "db"])
            Copy(new DirectoryInfo(Path.Combine(Repository.Root, part)), Path.Combine(next._folder.FullName, part));

        foreach (var file in (string[])["Directory.Build.props", "Directory.Packages.props", "global.json", "README.md", "LICENSE"])
            File.Copy(Path.Combine(Repository.Root, file), Path.Combine(next._folder.FullName, file));

        var users = Path.Combine(next._folder.FullName, "UsersApi", "Users");
        await ReplaceAsync(
            Path.Combine(users, "UserResponse.cs"), "long Version);", "long Version)\n{\n    public string Shape => \"next\";\n}");
        await ReplaceAsync(Path.Combine(users, "RowVersions.cs"), "int Contract = 1;", "int Contract = 2;");
        await DotnetCommand.RunAsync(
            next._folder.FullName,
            "build", "UsersApi", "--output", next.Program, "-p:RunAnalyzers=false", "-p:TreatWarningsAsErrors=false");
        return next;
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task ReplaceAsync(string file, string text, string by)
    {
        var source = await File.ReadAllTextAsync(file);
        Assert.That(source, Does.Contain(text), "the release that is made here has to follow the sources");
        await File.WriteAllTextAsync(file, source.Replace(text, by, StringComparison.Ordinal));
    }

    private static void Copy(DirectoryInfo from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in from.GetFiles())
            file.CopyTo(Path.Combine(to, file.Name));

        foreach (var folder in from.GetDirectories().Where(folder => folder.Name is not ("bin" or "obj")))
            Copy(folder, Path.Combine(to, folder.Name));
    }
}

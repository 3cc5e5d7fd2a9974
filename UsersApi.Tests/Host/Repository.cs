namespace UsersApi.Tests.Host;

/// <summary>The folder of the repository, for tests of what is not built.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "UsersApi.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}

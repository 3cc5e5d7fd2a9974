namespace UsersApi.Tests.Docs;

public sealed class SettingsTableTests
{
    private const string Update = "UPDATE_DOCS";

    private static string Page => Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../docs/settings.md"));

    [Test]
    public async Task Page_of_settings_says_what_the_options_say()
    {
        var table = SettingsTable.Create();
        if (Environment.GetEnvironmentVariable(Update) is { Length: > 0 })
            await File.WriteAllTextAsync(Page, table);

        Assert.That(await File.ReadAllTextAsync(Page), Is.EqualTo(table), $"docs/settings.md is of another day: {Update}=1 ./dev test writes it.");
    }
}

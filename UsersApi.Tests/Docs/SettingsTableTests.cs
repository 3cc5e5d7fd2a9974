using System.Text.RegularExpressions;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Docs;

public sealed partial class SettingsTableTests
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

    // A name that no option has is ignored by the configuration, and what it should have set stays as it was.
    [Test]
    public async Task Every_setting_that_a_file_of_the_repository_names_exists()
    {
        var known = Row().Matches(SettingsTable.Create()).Select(match => match.Groups[1].Value).ToHashSet();
        var sections = known.Select(name => name.Split(':')[0]).ToHashSet();
        foreach (var file in Files())
        {
            var unknown = Setting().Matches(await File.ReadAllTextAsync(file))
                .Select(match => match.Groups["name"].Value.Replace("__", ":", StringComparison.Ordinal))
                .Where(name => sections.Contains(name.Split(':')[0]))
                .Where(name => !known.Contains(name) && !known.Any(one => one.StartsWith(name + ":", StringComparison.Ordinal)));
            Assert.That(unknown, Is.Empty, file);
        }
    }

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Repository.Root, "*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".cs" or ".md" or ".json" or ".yaml" or ".http" || Path.GetFileName(file) == "dev")
            .Where(file => !Regex.IsMatch(Path.GetRelativePath(Repository.Root, file), @"(^|/)(bin|obj|\.git|node_modules)/"));

    [GeneratedRegex(@"^\| `([^`]+)`", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex(@"\b(?<name>[A-Z][A-Za-z]+(?:(?:__|:)[A-Z][A-Za-z]+)+)\b")]
    private static partial Regex Setting();
}

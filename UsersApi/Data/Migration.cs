using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace UsersApi.Data;

/// <summary>One migration in dbmate's format: what stands between <c>-- migrate:up</c> and <c>-- migrate:down</c> is run.</summary>
/// <param name="Version">The digits that the file's name starts with.</param>
/// <param name="FileName">The file's name without its folder.</param>
/// <param name="Sql">The statements of the up section.</param>
/// <param name="Checksum">SHA-256 of the whole file in lower-case hex, line ends counted as LF.</param>
internal sealed partial record Migration(string Version, string FileName, string Sql, string Checksum)
{
    /// <exception cref="MigrationException">The name has no version, or the file has not exactly one usable up section.</exception>
    public static Migration Parse(string fileName, string text)
    {
        var version = LeadingDigits.Match(fileName).Value;
        if (version.Length == 0)
        {
            throw new MigrationException($"Migration {fileName} must be named like 0001_what_it_does.sql.");
        }

        // A checkout with CRLF is the same migration.
        text = text.ReplaceLineEndings("\n");
        var sections = Section.Matches(text);
        var up = sections.Count > 0 ? sections[0] : null;
        if (up is not { Groups: [_, { Value: "up" }, ..] } || sections.Count(section => section.Groups[1].Value == "up") > 1)
        {
            throw new MigrationException($"Migration {fileName} must begin with one line '-- migrate:up'.");
        }

        if (up.Groups[2].Value.Length > 0)
        {
            throw new MigrationException(
                $"Migration {fileName} has the option '{up.Groups[2].Value}': every migration runs in a transaction here, and no option is known.");
        }

        var start = up.Index + up.Length;
        var end = sections.Count > 1 ? sections[1].Index : text.Length;
        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
        return new Migration(version, fileName, text[start..end].Trim(), checksum);
    }

    [GeneratedRegex(@"^\d+(?=_)", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingDigits { get; }

    [GeneratedRegex(@"^--[ \t]*migrate:(up|down)[ \t]*(.*)$", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Section { get; }
}

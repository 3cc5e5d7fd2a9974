using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

namespace UsersApi.Data;

/// <summary>One file of plain SQL, which runs once and in one transaction.</summary>
/// <param name="Version">The digits that the file's name starts with.</param>
/// <param name="FileName">The file's name without its folder.</param>
/// <param name="Sql">The whole file, line ends as LF.</param>
/// <param name="Checksum">What is recorded of it: SHA-256 of <paramref name="Sql"/> in lower-case hex.</param>
internal sealed partial record Migration(string Version, string FileName, string Sql, string Checksum)
{
    // Two files had a down section when they were first released, and databases have recorded the checksum of that text. They
    // keep it here and in new databases too: a node of that release compares it with its own files when it starts again.
    private static readonly Dictionary<string, string> FirstReleased = new()
    {
        ["2e3a98d8257ee68fe503f3d77aabe7d93dd11b2c8819b82088da5536a2f685c0"] =
            "9ca5b897c5ca7ce6845d2c9ff2af0b5d0bd0dadbfaa798dc3931289689862d30",
        ["ace422e8c98121399cdb00608c2b38a39d31cabaca8cdb026bf4055bd15ee235"] =
            "5655cd53a5fc505e17374ec488323c53341313006c28aaeff661ce2739a4e2fc",
    };

    /// <exception cref="MigrationException">The name has no version, or the file has a down section.</exception>
    public static Migration Parse(string fileName, string text)
    {
        var version = LeadingDigits.Match(fileName).Value;
        if (version.Length == 0)
        {
            throw new MigrationException($"Migration {fileName} must be named like 0001_what_it_does.sql.");
        }

        // A checkout with CRLF is the same migration.
        var sql = text.ReplaceLineEndings("\n");

        // The section would run as well, and undo at once what stands above it.
        if (DownSection.IsMatch(sql))
        {
            throw new MigrationException($"Migration {fileName} has a section '-- migrate:down': delete it, what ran is never undone.");
        }

        var checksum = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(sql)));
        return new Migration(version, fileName, sql, FirstReleased.GetValueOrDefault(checksum, checksum));
    }

    [GeneratedRegex(@"^\d+(?=_)", RegexOptions.CultureInvariant)]
    private static partial Regex LeadingDigits { get; }

    [GeneratedRegex(@"^--[ \t]*migrate:down\b", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex DownSection { get; }
}

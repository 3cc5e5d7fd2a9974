using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using UsersApi.Caching.Operations;

namespace UsersApi.Tests.Docs;

/// <summary>The table of all settings, made of the options' own types, defaults, ranges and comments.</summary>
internal static class SettingsTable
{
    private const string Begin = """
        # Settings

        Standard configuration: `appsettings.json`, or environment variables with two underscores in the place of a colon, as in
        `RedisCached__KeyPrefix`. A value out of its range stops the start with a line that names it. A change takes effect at the next start;
        the kill switch, `RedisCached:Enabled`, takes effect at once. Durations are written as
        `hh:mm:ss`, with days before and milliseconds behind a point: `1.00:00:00`, `00:00:00.050`. This page is made of the comments in the code, and the suite compares it with them.

        | setting | default | range | what it does |
        | --- | --- | --- | --- |

        """;

    private static readonly Assembly[] Assemblies =
        [typeof(Program).Assembly, typeof(RedisCachedOptions).Assembly, typeof(CanaryOptions).Assembly];

    public static string Create()
    {
        var table = new StringBuilder(Begin);
        var sections = Assemblies.SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && SectionOf(type) is not null)
            .OrderBy(SectionOf, StringComparer.Ordinal);
        foreach (var type in sections)
            Append(table, XmlDocs.Of(type.Assembly), SectionOf(type)!, Activator.CreateInstance(type)!);

        return table.ToString();
    }

    private static string? SectionOf(Type type) =>
        type.GetField("Section", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static)?.GetRawConstantValue() as string;

    private static void Append(StringBuilder table, XmlDocs docs, string section, object options)
    {
        foreach (var property in options.GetType().GetProperties().Where(IsSetting))
        {
            var value = property.GetValue(options);
            if (value is not null && value.GetType().Assembly == options.GetType().Assembly && !value.GetType().IsEnum)
            {
                Append(table, docs, $"{section}:{property.Name}", value);
                continue;
            }

            table.Append(CultureInfo.InvariantCulture, $"| `{section}:{property.Name}` | {TextOf(value)} | {RangeOf(property)} | {docs.SummaryOf(property)} |\n");
        }
    }

    // The connection string is set by a standard name of its own.
    private static bool IsSetting(PropertyInfo property) =>
        property.Name != "ConnectionString" && (property.SetMethod is not null || property.PropertyType.IsGenericType);

    private static string RangeOf(PropertyInfo property) =>
        property.GetCustomAttribute<System.ComponentModel.DataAnnotations.RangeAttribute>() is { } range ? $"{TextOf(range.Minimum)} to {TextOf(range.Maximum)}"
        : property.GetCustomAttribute<StringLengthAttribute>() is { } length ? $"up to {length.MaximumLength} characters"
        : property.GetCustomAttribute<MinLengthAttribute>() is { } least ? $"{least.Length} characters or more"
        : property.GetCustomAttribute<RegularExpressionAttribute>() is { } pattern ? $"`{pattern.Pattern.Replace("|", "\\|", StringComparison.Ordinal)}`"
        : "";

    private static string TextOf(object? value) => value switch
    {
        null => "",
        TimeSpan length => $"`{length.ToString("c", CultureInfo.InvariantCulture).Replace("0000", "", StringComparison.Ordinal)}`",
        bool flag => flag ? "`true`" : "`false`",
        string text => text.Length > 0 ? $"`{text}`" : "",
        IEnumerable all => string.Join(", ", all.Cast<object>().Select(TextOf)),
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => $"`{value}`",
    };
}

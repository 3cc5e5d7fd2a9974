using System.Runtime.InteropServices;

namespace UsersApi.Caching.Keys;

/// <summary>Writes names and values into keys so that different ones never look alike.</summary>
internal static class KeyText
{
    /// <summary>Simple types whose text tells every two values apart that an action could tell apart.</summary>
    public static bool Knows(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        return type.IsPrimitive || type.IsEnum || type == typeof(string) || type == typeof(decimal) || type == typeof(Guid)
            || type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly) || type == typeof(TimeOnly)
            || type == typeof(TimeSpan) || type == typeof(Uri) || type == typeof(byte[]) || type == typeof(Half)
            || type == typeof(Int128) || type == typeof(UInt128) || type == typeof(Version);
    }

    /// <summary>The text of a value of a known type, not yet escaped.</summary>
    public static string TextOf(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        // Kind, offset and scale can be seen by an action, so they are kept: 1.0 and 1.00 are two values.
        DateTime or DateTimeOffset or DateOnly or TimeOnly => ((IFormattable)value).ToString("O", CultureInfo.InvariantCulture),
        Uri uri => uri.OriginalString,
        byte[] bytes => Convert.ToBase64String(bytes),
        Enum member => member.ToString(),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    /// <summary>
    /// Percent-encodes all but RFC 3986's unreserved characters, in UTF-8. A text with a lone surrogate, which UTF-8 can't say, becomes
    /// <c>%u</c> and its UTF-16 in hex, so that it does not fall together with one that has U+FFFD there.
    /// </summary>
    public static string Escaped(string text)
    {
        var escaped = Uri.EscapeDataString(text);
        return !text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF') || Uri.UnescapeDataString(escaped) == text
            ? escaped
            : "%u" + Convert.ToHexString(MemoryMarshal.AsBytes(text.AsSpan()));
    }

    /// <summary>A query string as it was sent, without its question mark; what could be taken for the rest of a key is encoded.</summary>
    public static string EscapedQuery(string query) => Escaped(query[1..])
        .Replace("%3D", "=", StringComparison.Ordinal).Replace("%26", "&", StringComparison.Ordinal);
}

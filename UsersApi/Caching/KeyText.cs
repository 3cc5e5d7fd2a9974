using System.Globalization;
using System.Text;

namespace UsersApi.Caching;

/// <summary>Writes names and values into keys so that different ones never look alike.</summary>
internal static class KeyText
{
    private const string Hex = "0123456789ABCDEF";

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
    public static string Of(object value) => value switch
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
    /// Percent-encodes all but RFC 3986's unreserved characters, in UTF-8. A lone surrogate, which UTF-8 cannot say,
    /// becomes <c>%u</c> and its number, so that it does not fall together with U+FFFD.
    /// </summary>
    public static void Escape(StringBuilder key, ReadOnlySpan<char> text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        while (text.Length > 0)
        {
            if (char.IsAsciiLetterOrDigit(text[0]) || text[0] is '-' or '.' or '_' or '~')
            {
                key.Append(text[0]);
                text = text[1..];
            }
            else if (Rune.DecodeFromUtf16(text, out var rune, out var consumed) is System.Buffers.OperationStatus.Done)
            {
                foreach (var octet in utf8[..rune.EncodeToUtf8(utf8)])
                    key.Append('%').Append(Hex[octet >> 4]).Append(Hex[octet & 15]);

                text = text[consumed..];
            }
            else
            {
                key.Append("%u").Append(((int)text[0]).ToString("X4", CultureInfo.InvariantCulture));
                text = text[1..];
            }
        }
    }

    /// <summary><paramref name="text"/>, escaped.</summary>
    public static string Escaped(string text)
    {
        var key = new StringBuilder(text.Length + 8);
        Escape(key, text);
        return key.ToString();
    }
}

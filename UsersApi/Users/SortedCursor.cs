using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;

namespace UsersApi.Users;

/// <summary>
/// The opaque position between two pages of a sorted list, as base64url: a byte for the sort, and what the last row seen is sorted by.
/// Pages in the order of ids, which no sort asks for, have the cursors of <see cref="UserCursor"/>.
/// </summary>
/// <param name="Sort">The sort, as the client writes it.</param>
/// <param name="Id">The last row's id; empty where the email alone tells the position.</param>
/// <param name="CreatedAt">The last row's time of creation, where it is sorted by that.</param>
/// <param name="Email">The last row's email, where it is sorted by that.</param>
internal readonly record struct SortedCursor(string Sort, Guid Id, DateTime CreatedAt, string Email)
{
    // UserCursor has 1.
    private const byte FirstFormat = 2;
    private const int TimeBytes = 8;
    private const int IdBytes = 16;

    // Postgres keeps microseconds, of ten ticks each.
    private const int Tick = 10;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static SortedCursor Of(string sort, UserResponse last) => UserSorts.IsByEmail(sort)
        ? new SortedCursor(sort, default, default, last.Email)
        : new SortedCursor(sort, last.Id, last.CreatedAt, "");

    public string Encode()
    {
        var email = Utf8.GetBytes(Email);
        var bytes = new byte[1 + (UserSorts.IsByEmail(Sort) ? email.Length : TimeBytes + IdBytes)];
        bytes[0] = (byte)(FirstFormat + UserSorts.All.IndexOf(Sort));
        if (UserSorts.IsByEmail(Sort))
        {
            email.CopyTo(bytes, 1);
        }
        else
        {
            BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(1), CreatedAt.Ticks);
            Id.TryWriteBytes(bytes.AsSpan(1 + TimeBytes), bigEndian: true, out _);
        }

        return Base64Url.EncodeToString(bytes);
    }

    /// <summary>
    /// Reads a cursor. Only the form that <see cref="Encode"/> gives is one: a position has one name, and so one cache entry.
    /// </summary>
    public static bool TryDecode(string cursor, out SortedCursor position)
    {
        position = default;
        if (!Base64Url.IsValid(cursor) || Base64Url.DecodeFromChars(cursor) is not [var format, .. var rest]
            || UserSorts.All.ElementAtOrDefault(format - FirstFormat) is not { } sort)
        {
            return false;
        }

        var found = UserSorts.IsByEmail(sort) ? EmailIn(sort, rest) : TimeIn(sort, rest);
        position = found.GetValueOrDefault();
        return found?.Encode() == cursor;
    }

    // NUL is no text to Postgres.
    private static SortedCursor? EmailIn(string sort, byte[] bytes)
    {
        try
        {
            return bytes.Contains((byte)0) ? null : new SortedCursor(sort, default, default, Utf8.GetString(bytes));
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private static SortedCursor? TimeIn(string sort, byte[] bytes) =>
        bytes.Length == TimeBytes + IdBytes && BinaryPrimitives.ReadInt64BigEndian(bytes) is var ticks
            && ticks % Tick == 0 && ticks >= DateTime.MinValue.Ticks && ticks <= DateTime.MaxValue.Ticks
            ? new SortedCursor(sort, new Guid(bytes.AsSpan(TimeBytes), bigEndian: true), new DateTime(ticks, DateTimeKind.Utc), "")
            : null;
}

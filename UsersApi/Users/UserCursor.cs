using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;

namespace UsersApi.Users;

/// <summary>
/// The opaque position between two pages: a format byte and the id of the last row seen, as base64url.
/// It carries no filter: the order is by id whatever is filtered.
/// </summary>
internal static class UserCursor
{
    private const byte Format = 1;
    private const int Bytes = 17;

    public static string Encode(Guid lastId)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        bytes[0] = Format;
        lastId.TryWriteBytes(bytes[1..], bigEndian: true, out _);
        return Base64Url.EncodeToString(bytes);
    }

    public static bool TryDecode([NotNullWhen(true)] string? cursor, out Guid lastId)
    {
        lastId = default;
        Span<byte> bytes = stackalloc byte[Bytes];
        if (cursor is null
            || cursor.Length != Base64Url.GetEncodedLength(Bytes)
            || Base64Url.DecodeFromChars(cursor, bytes, out _, out var written) != OperationStatus.Done
            || written != Bytes
            || bytes[0] != Format)
        {
            return false;
        }

        // Only the form that Encode gives: one position has one name, and so one cache entry.
        lastId = new Guid(bytes[1..], bigEndian: true);
        return Encode(lastId) == cursor;
    }
}

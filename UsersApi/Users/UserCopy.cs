using System.Buffers.Binary;
using System.Text;
using Npgsql;
using UsersApi.Data;

namespace UsersApi.Users;

/// <summary>Users as rows of a binary COPY: a count of fields, and before each field its length in bytes (-1 for null).</summary>
internal static class UserCopy
{
    private const string Columns = "id, created_at, updated_at, version, is_active, is_superuser, email, full_name";
    private const int FieldCount = 8;

    // The count, eight lengths, and the six columns of fixed size.
    private const int FixedBytes = 2 + (8 * 4) + 16 + (3 * 8) + 2;

    public static Task<BinaryCopy> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        BinaryCopy.BeginAsync(connection, $"COPY users ({Columns}) FROM STDIN (FORMAT BINARY)", cancellationToken);

    /// <summary>Only for a table that was truncated in the same transaction: its rows need no vacuum.</summary>
    public static Task<BinaryCopy> BeginFrozenAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        BinaryCopy.BeginAsync(connection, $"COPY users ({Columns}) FROM STDIN (FORMAT BINARY, FREEZE)", cancellationToken);

    public static void Append(this BinaryCopy copy, UserResponse user)
    {
        var longest = FixedBytes + Encoding.UTF8.GetMaxByteCount(user.Email.Length + (user.FullName?.Length ?? 0));
        var row = copy.Rows.GetSpan(longest);
        var rest = row;

        BinaryPrimitives.WriteInt16BigEndian(rest, FieldCount);
        rest = rest[2..];
        WriteUuid(ref rest, user.Id);
        WriteInt64(ref rest, Microseconds(user.CreatedAt));
        WriteInt64(ref rest, Microseconds(user.UpdatedAt));
        WriteInt64(ref rest, user.Version);
        WriteBoolean(ref rest, user.IsActive);
        WriteBoolean(ref rest, user.IsSuperuser);
        WriteText(ref rest, user.Email);
        WriteText(ref rest, user.FullName);

        copy.Rows.Advance(row.Length - rest.Length);
    }

    // Postgres counts from 2000 on.
    private static long Microseconds(DateTime time) =>
        (time - new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc)).Ticks / TimeSpan.TicksPerMicrosecond;

    private static void WriteUuid(ref Span<byte> rest, Guid value)
    {
        WriteLength(ref rest, 16);
        value.TryWriteBytes(rest, bigEndian: true, out var written);
        rest = rest[written..];
    }

    private static void WriteInt64(ref Span<byte> rest, long value)
    {
        WriteLength(ref rest, 8);
        BinaryPrimitives.WriteInt64BigEndian(rest, value);
        rest = rest[8..];
    }

    private static void WriteBoolean(ref Span<byte> rest, bool value)
    {
        WriteLength(ref rest, 1);
        rest[0] = value ? (byte)1 : (byte)0;
        rest = rest[1..];
    }

    private static void WriteText(ref Span<byte> rest, string? value)
    {
        if (value is null)
        {
            WriteLength(ref rest, -1);
            return;
        }

        var written = Encoding.UTF8.GetBytes(value, rest[4..]);
        WriteLength(ref rest, written);
        rest = rest[written..];
    }

    private static void WriteLength(ref Span<byte> rest, int length)
    {
        BinaryPrimitives.WriteInt32BigEndian(rest, length);
        rest = rest[4..];
    }
}

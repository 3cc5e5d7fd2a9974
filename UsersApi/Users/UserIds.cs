using System.Buffers.Binary;
using System.Security.Cryptography;

namespace UsersApi.Users;

/// <summary>
/// Makes UUIDs of version 7 of which each lies above the one before, so that users are listed in the order in which this process
/// created them, also within one millisecond and when the clock is set back (RFC 9562 section 6.2, method 2).
/// </summary>
/// <remarks><see cref="Guid.CreateVersion7(DateTimeOffset)"/> puts nothing but chance behind the millisecond.</remarks>
public sealed class UserIds(TimeProvider clock)
{
    private const int RandomBits = 74;

    private readonly Lock _lock = new();

    // 48 bits of milliseconds and 74 random ones, as one number: what overflows the random ones goes into the milliseconds.
    private UInt128 _last;

    public Guid Next()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        var chance = BinaryPrimitives.ReadUInt128BigEndian(random);
        var fresh = ((UInt128)clock.GetUtcNow().ToUnixTimeMilliseconds() << RandomBits) | (chance >> (128 - RandomBits));
        lock (_lock)
        {
            // A step of up to 32 random bits, so that who knows an id cannot count to the next.
            var isLater = fresh >> RandomBits > _last >> RandomBits;
            _last = isLater ? fresh : _last + 1 + (uint)chance;
            return ToGuid(_last);
        }
    }

    // Section 5.7: milliseconds, four bits of version, 12 bits, two bits of variant, 62 bits.
    private static Guid ToGuid(UInt128 number)
    {
        Span<byte> bytes = stackalloc byte[16];
        var high = (ulong)(number >> RandomBits << 16) | 0x7000 | (ulong)((number >> 62) & 0xFFF);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, high);
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], 0x8000_0000_0000_0000 | (ulong)(number & 0x3FFF_FFFF_FFFF_FFFF));
        return new Guid(bytes, bigEndian: true);
    }
}

using System.Buffers.Binary;
using System.Globalization;

namespace UsersApi.Users;

/// <summary>
/// Invented users by number: a number always gives the same user, and no two give the same address or id.
/// The number is in the address (example.com and its sisters belong to nobody) and, as a time, in the id.
/// </summary>
internal static class SeedUsers
{
    /// <summary>Numbers run from 0 to one below this.</summary>
    public const long Numbers = 20_000_000;

    // One user each 20 seconds since 2010 ends in 2022: seeded ids lie below every id that a running application makes.
    private static readonly DateTime Epoch = new(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(20);

    /// <summary>Lies above every seeded id.</summary>
    public static Guid UpperBound { get; } = ToId(Epoch + (Step * Numbers), 0, 0);

    public static UserResponse Create(long number)
    {
        var dice = Mix((ulong)number);
        var given = SeedNames.Given[(int)(dice % (ulong)SeedNames.Given.Length)];
        var family = SeedNames.Family[(int)((dice >> 8) % (ulong)SeedNames.Family.Length)];
        var domain = SeedNames.Domains[(int)((dice >> 16) % (ulong)SeedNames.Domains.Length)];
        var createdAt = Epoch + (Step * number) + TimeSpan.FromMilliseconds((dice >> 20) % 20_000);

        // The number stands early: addresses that differ in their first eight bytes are sorted into the index twice as fast.
        return new UserResponse(
            ToId(createdAt, dice, Mix(dice)),
            string.Create(CultureInfo.InvariantCulture, $"{given.Ascii}{number + 1}.{family.Ascii}@{domain}"),
            FullName: (dice >> 40) % 50 == 0 ? null : $"{given.Name} {family.Name}",
            IsActive: (dice >> 46) % 10 != 0,
            IsSuperuser: (dice >> 52) % 1000 == 0,
            createdAt,
            UpdatedAt: createdAt,
            Version: 1);
    }

    /// <summary>The number of the user that has this id.</summary>
    public static long ToNumber(Guid seededId)
    {
        Span<byte> bytes = stackalloc byte[16];
        seededId.TryWriteBytes(bytes, bigEndian: true, out _);
        var milliseconds = (long)(BinaryPrimitives.ReadUInt64BigEndian(bytes) >> 16);
        return (DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime - Epoch).Ticks / Step.Ticks;
    }

    // RFC 9562 section 5.7: 48 bits of milliseconds, the version, 12 bits, the variant, 62 bits.
    private static Guid ToId(DateTime createdAt, ulong high, ulong low)
    {
        Span<byte> bytes = stackalloc byte[16];
        var milliseconds = (ulong)new DateTimeOffset(createdAt).ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (milliseconds << 16) | 0x7000 | (high & 0x0FFF));
        BinaryPrimitives.WriteUInt64BigEndian(bytes[8..], 0x8000_0000_0000_0000 | (low & 0x3FFF_FFFF_FFFF_FFFF));
        return new Guid(bytes, bigEndian: true);
    }

    // SplitMix64's finaliser: neighbours get unlike numbers, the same on every machine and in every version of .NET.
    private static ulong Mix(ulong value)
    {
        value += 0x9E37_79B9_7F4A_7C15;
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }
}

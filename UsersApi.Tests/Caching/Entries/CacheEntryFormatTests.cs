using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace UsersApi.Tests.Caching.Entries;

/// <summary>
/// Entries come back as they were, or not at all. <c>ENTRY_FUZZ_COUNT</c> and <c>ENTRY_FUZZ_SEED</c> in the environment make the
/// fuzz test longer, and repeat it.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class CacheEntryFormatTests
{
    private static int Count { get; } = Setting("ENTRY_FUZZ_COUNT", 20_000);

    private static int Seed { get; } = Setting("ENTRY_FUZZ_SEED", Environment.TickCount & int.MaxValue);

    [Test]
    public void Entry_comes_back_as_it_was()
    {
        TestContext.Out.WriteLine($"ENTRY_FUZZ_SEED={Seed}");
        var random = new Random(Seed);
        for (var i = 0; i < 500; i++)
        {
            var entry = Any(random);

            var read = CacheEntryFormat.Read(CacheEntryFormat.Write(entry));

            Assert.That(Text(read), Is.EqualTo(Text(entry)));
        }
    }

    [Test]
    public void Entry_is_a_line_that_a_person_can_read_and_the_bytes_of_the_body()
    {
        var entry = Any(new Random(1)) with { Key = "get:/caf\u00E9:a=1&b=2", Headers = [new("X-A", ["<b>"], false)], Body = "[1]\n"u8.ToArray(), Length = 4 };

        var text = Encoding.UTF8.GetString(CacheEntryFormat.Write(entry));

        Assert.That(text, Does.Match("^\\{\"crc\":\"[0-9a-f]{8}\",\"revision\":3,\"key\":\"get:/caf\u00E9:a=1&b=2\",.*\"X-A\".*<b>.*\"length\":4.*\\}\n\\[1\\]\n$"));
    }

    [Test]
    public void Mutated_entry_is_no_entry_or_the_same()
    {
        TestContext.Out.WriteLine($"ENTRY_FUZZ_SEED={Seed} ENTRY_FUZZ_COUNT={Count}");
        var random = new Random(Seed);
        var refused = 0;
        for (var i = 0; i < Count; i++)
        {
            var original = Any(random);
            var bytes = CacheEntryFormat.Write(original);
            var other = CacheEntryFormat.Write(Any(random));
            var mutated = Mutated(bytes, other, random);

            // A cut at one place of both entries' common beginning leaves the other one, whole.
            var read = mutated.AsSpan().SequenceEqual(other) ? null : CacheEntryFormat.Read(mutated);

            refused += read is null ? 1 : 0;
            if (read is not null && Text(read) != Text(original))
            {
                Assert.Fail($"Mutation {i} of seed {Seed} made another entry of it:\n{Text(original)}\n{Text(read)}");
            }
        }

        // Most mutations do change something: a reader that returned what it likes would not get here.
        Assert.That(refused, Is.GreaterThan(Count * 9 / 10));
    }

    [Test]
    public void Mutated_metadata_with_a_right_checksum_is_no_entry_or_a_whole_one()
    {
        TestContext.Out.WriteLine($"ENTRY_FUZZ_SEED={Seed}");
        var random = new Random(Seed);
        var whole = 0;
        for (var i = 0; i < Count / 2; i++)
        {
            var bytes = CacheEntryFormat.Write(Any(random));
            var mutated = WithRightChecksum(Spoilt(bytes, random));

            var read = CacheEntryFormat.Read(mutated);

            whole += read is null ? 0 : 1;
            if (read is not null && (read.Key is null || read.Action is null || read.Stamp is null || read.ETag is null || read.Headers is null
                || read.Headers.Any(header => header is not { Name: not null, Values: not null }) || read.Length != read.Body.Length))
            {
                Assert.Fail($"Half an entry was read of seed {Seed}, number {i}: {Encoding.UTF8.GetString(mutated)}");
            }
        }

        // Many are still entries: one whose checksum was wrong would never get as far as its metadata.
        Assert.That(whole, Is.GreaterThan(Count / 20));
    }

    [TestCase(""), TestCase("\n"), TestCase("{}"), TestCase("{}\n"), TestCase("{\"crc\":\""), TestCase("{\"crc\":\"00000000"), TestCase("{\"crc\":\"00000000\","), TestCase("null\n"), TestCase("{\"crc\":\"+0000000\",\"revision\":2}\n")]
    public void What_is_no_entry_at_all_is_none(string text) => Assert.That(CacheEntryFormat.Read(Encoding.UTF8.GetBytes(text)), Is.Null);

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;

    private static CacheEntry Any(Random random)
    {
        var body = new byte[random.Next(0, 60)];
        random.NextBytes(body);
        return new CacheEntry
        {
            Key = "get:/" + AnyText(random),
            Action = AnyText(random),
            Status = random.Next(200, 600),
            Stored = random.NextInt64(),
            FreshUntil = random.NextInt64(),
            StaleSeconds = random.Next(),
            StaleIfErrorSeconds = random.Next(),
            Selecting = random.Next(3) == 0 ? ["X-Own"] : [],
            Stamp = new Stamp(AnyText(random), [.. Enumerable.Range(0, random.Next(3)).Select(_ => AnyText(random))]),
            ETag = AnyText(random),
            OwnsETag = random.Next(2) == 0,
            MayCompress = random.Next(2) == 0,
            Length = body.Length,
            Body = body,
            Headers = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new StoredHeader(AnyText(random), [.. Enumerable.Range(0, random.Next(3)).Select(_ => AnyText(random))], random.Next(2) == 0))],
        };
    }

    private static string AnyText(Random random) => string.Concat(Enumerable.Range(0, random.Next(6)).Select(_ => random.Next(6) switch
    {
        0 => "\"",
        1 => "\n",
        2 => "\u00EB\u4E2D",
        3 => "\uD83D\uDE00",
        4 => "<&>\\",
        _ => ((char)random.Next(32, 127)).ToString(),
    }));

    private static string Text(CacheEntry? entry) => entry is null ? "none" : string.Join('|',
        entry.Revision, entry.Key, entry.Action, entry.Status, entry.Stored, entry.FreshUntil, entry.StaleSeconds, entry.StaleIfErrorSeconds, string.Join(',', entry.Selecting), entry.Stamp, entry.ETag, entry.OwnsETag, entry.MayCompress, entry.Length,
        string.Join(';', entry.Headers.Select(header => $"{header.Name}={string.Join(',', header.Values)}{header.IsAdded}")), Convert.ToHexString(entry.Body.Span));

    private static byte[] Mutated(byte[] bytes, byte[] other, Random random) => random.Next(7) switch
    {
        0 => bytes[..random.Next(bytes.Length)],
        1 => [.. bytes, .. other],
        2 => [.. bytes[..random.Next(bytes.Length)], .. other[random.Next(other.Length)..]],
        3 => [.. other[..(other.AsSpan().IndexOf((byte)'\n') + 1)], .. bytes[(bytes.AsSpan().IndexOf((byte)'\n') + 1)..], 0],
        4 => Swapped(bytes, random),
        5 => [.. bytes.AsSpan(0, random.Next(1, bytes.Length)), (byte)random.Next(256), .. bytes.AsSpan(random.Next(bytes.Length))],
        _ => Flipped(bytes, random),
    };

    private static byte[] Flipped(byte[] bytes, Random random)
    {
        var copy = bytes.ToArray();
        copy[random.Next(copy.Length)] ^= (byte)(1 << random.Next(8));
        return copy;
    }

    private static byte[] Swapped(byte[] bytes, Random random)
    {
        var copy = bytes.ToArray();
        var (a, b) = (random.Next(copy.Length), random.Next(copy.Length));
        (copy[a], copy[b]) = (copy[b], copy[a]);
        copy[random.Next(copy.Length)] ^= (byte)random.Next(1, 256);
        return copy;
    }

    private static byte[] Spoilt(byte[] bytes, Random random)
    {
        if (random.Next(2) == 0)
        {
            return Flipped(bytes, random);
        }

        string[] values = ["null", "[]", "{}", "-1", "1e999", "\"\"", "true", "[null]", "[{}]", "99999999999999999999"];
        var (line, rest) = (Encoding.UTF8.GetString(bytes, 0, bytes.AsSpan().IndexOf((byte)'\n')), bytes[bytes.AsSpan().IndexOf((byte)'\n')..]);
        string[] names = ["key", "action", "stamp", "eTag", "headers", "status", "stored", "length", "revision", "ownsETag", "mayCompress"];
        // The later of two properties with one name counts.
        line = $"{line[..^1]},\"{names[random.Next(names.Length)]}\":{values[random.Next(values.Length)]}}}";
        return [.. Encoding.UTF8.GetBytes(line), .. rest];
    }

    private static byte[] WithRightChecksum(byte[] bytes)
    {
        const int Start = 8;
        if (bytes.Length < Start + 8)
        {
            return bytes;
        }

        var crc = Crc32.HashToUInt32(bytes.AsSpan(Start + 8));
        Encoding.ASCII.GetBytes(crc.ToString("x8", CultureInfo.InvariantCulture)).CopyTo(bytes, Start);
        return bytes;
    }
}

namespace UsersApi.Caching.Capture;

/// <summary>
/// Bytes that keep coming, in blocks below the large-object heap: an array that doubles takes, and clears, four times what it
/// holds in the end. Not from a pool, where an action that writes on after its end would write into another's response.
/// </summary>
/// <param name="expected">How many bytes will come, where that is known: they are then taken into one array, and never copied.</param>
internal sealed class ByteBlocks(int expected)
{
    private const int SmallestBlock = 4 * 1024;
    private const int LargestBlock = 64 * 1024;

    private readonly List<byte[]> _blocks = [];
    private int _free;

    public int Length { get; private set; }

    public void Add(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            if (_free == 0)
            {
                _free = _blocks.Count == 0 && expected > 0 ? expected : Math.Clamp(Length, SmallestBlock, LargestBlock);
                _blocks.Add(GC.AllocateUninitializedArray<byte>(_free));
            }

            var part = bytes[..Math.Min(bytes.Length, _free)];
            part.CopyTo(_blocks[^1].AsSpan(^_free));
            _free -= part.Length;
            Length += part.Length;
            bytes = bytes[part.Length..];
        }
    }

    public byte[] ToArray()
    {
        if (_blocks.Count == 1 && _free == 0)
            return _blocks[0];

        var all = GC.AllocateUninitializedArray<byte>(Length);
        var rest = all.AsSpan();
        foreach (var block in _blocks)
        {
            var part = block.AsSpan(0, Math.Min(block.Length, rest.Length));
            part.CopyTo(rest);
            rest = rest[part.Length..];
        }

        return all;
    }
}

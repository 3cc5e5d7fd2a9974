using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Hands out runs of elements from one block, and takes them all back at once on <see cref="Reset"/>.</summary>
public sealed class Arena<T>(ArenaOptions? options = null, Allocator<T>? allocator = null) : IDisposable
{
    private const int DefaultBlockSizeBytes = 16 * 1024;

    private readonly int _blockLength = Math.Max(1, BlockSizeBytes(options) / Unsafe.SizeOf<T>());
    private T[] _block = [];
    private int _used;

    /// <summary>Takes <paramref name="length"/> elements, always side by side: a run that is too long for the block gets its own.</summary>
    public Sequence<T> Allocate(int length)
    {
        if (length > _blockLength)
        {
            return new Sequence<T>(new T[length], 0, length);
        }

        // A full block is left to the sequences that still point into it.
        if (length > _block.Length - _used)
        {
            _block = new T[_blockLength];
            _used = 0;
        }

        var start = _used;
        _used += length;
        return new Sequence<T>(_block, start, length);
    }

    /// <summary>Takes back every run; sequences from before must no longer be read.</summary>
    public void Reset()
    {
        // Elements refer to receive buffers, which would otherwise outlive their message.
        Array.Clear(_block, 0, _used);
        _used = 0;
    }

    /// <summary>Does nothing: the owner may be disposed while its read loop still parses into the block, so the block is
    /// neither cleared nor pooled, and the garbage collector takes it once the loop has gone.</summary>
    public void Dispose()
    {
    }

    private static int BlockSizeBytes(ArenaOptions? options) =>
        options is { BlockSizeBytes: > 0 } ? options.BlockSizeBytes : DefaultBlockSizeBytes;
}

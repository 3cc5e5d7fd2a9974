namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>A <see cref="Sequence{T}"/> that does not name its element type, so that the element itself can hold one.</summary>
public readonly struct Sequence
{
    private readonly Array? _block;
    private readonly int _start;
    private readonly int _length;

    internal Sequence(Array? block, int start, int length)
    {
        _block = block;
        _start = start;
        _length = length;
    }

    public long Length => _length;

    /// <summary>Names the element type again.</summary>
    /// <exception cref="InvalidCastException">It is not the type that the sequence was made with.</exception>
    public Sequence<T> Cast<T>() => new((T[]?)_block, _start, _length);
}

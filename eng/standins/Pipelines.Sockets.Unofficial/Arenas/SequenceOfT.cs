namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>A run of elements in an arena's block: the surface allows several segments, here there is always one.</summary>
public readonly partial struct Sequence<T>
{
    private readonly T[]? _block;
    private readonly int _start;
    private readonly int _length;

    internal Sequence(T[]? block, int start, int length)
    {
        _block = block;
        _start = start;
        _length = length;
    }

    public long Length => _length;

    public bool IsEmpty => _length == 0;

    public bool IsSingleSegment => true;

    public Span<T> FirstSpan => new(_block, _start, _length);

    public SpanEnumerable Spans => new(this);

    public ref T this[int index] => ref FirstSpan[index];

    public Sequence Untyped() => new(_block, _start, _length);

    public Enumerator GetEnumerator() => new(this);
}

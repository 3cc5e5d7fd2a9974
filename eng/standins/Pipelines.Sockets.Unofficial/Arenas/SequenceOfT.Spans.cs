namespace Pipelines.Sockets.Unofficial.Arenas;

public readonly partial struct Sequence<T>
{
    /// <summary>The segments of a sequence: one, or none where it is empty.</summary>
    public readonly struct SpanEnumerable
    {
        private readonly Sequence<T> _sequence;

        internal SpanEnumerable(Sequence<T> sequence) => _sequence = sequence;

        public SpanEnumerator GetEnumerator() => new(_sequence);
    }

    /// <summary>Walks over the segments.</summary>
    public struct SpanEnumerator
    {
        private readonly Sequence<T> _sequence;
        private bool _moved;

        internal SpanEnumerator(Sequence<T> sequence) => _sequence = sequence;

        public readonly Span<T> Current => _sequence.FirstSpan;

        public bool MoveNext()
        {
            var first = !_moved && !_sequence.IsEmpty;
            _moved = true;
            return first;
        }
    }
}

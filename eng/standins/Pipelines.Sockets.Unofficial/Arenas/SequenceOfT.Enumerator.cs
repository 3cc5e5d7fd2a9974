namespace Pipelines.Sockets.Unofficial.Arenas;

public readonly partial struct Sequence<T>
{
    /// <summary>Walks over the elements by reference.</summary>
    public struct Enumerator
    {
        private readonly Sequence<T> _sequence;
        private int _index;

        internal Enumerator(Sequence<T> sequence)
        {
            _sequence = sequence;
            _index = -1;
        }

        public readonly ref T Current => ref _sequence[_index];

        public bool MoveNext() => ++_index < _sequence._length;

        /// <summary>Moves on and returns that element.</summary>
        /// <exception cref="IndexOutOfRangeException">There is none left.</exception>
        public ref T GetNext() => ref _sequence[++_index];
    }
}

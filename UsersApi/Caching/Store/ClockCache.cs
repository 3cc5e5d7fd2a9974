namespace UsersApi.Caching.Store;

/// <summary>What is hot, in this process's memory, bounded in bytes.</summary>
/// <remarks>
/// Once it is full, a value takes the place of others only when it is put again soon after: what is asked for once pushes out
/// nothing hot, and dies young, before the garbage collector has copied it twice. What goes is decided as by a clock (FIFO with
/// reinsertion, see Yang et al., "FIFO queues are all you need for cache eviction", SOSP 2023), so that finding takes no lock.
/// </remarks>
/// <param name="limit">Bytes of all values together, as those who put them count.</param>
internal class ClockCache<TKey, TValue>(long limit)
    where TKey : notnull
    where TValue : class
{
    private const int MostUses = 3;

    private readonly ConcurrentDictionary<TKey, Place> _places = new();
    private readonly Lock _gate = new();
    private readonly Queue<Place> _line = new();

    // Hashes of keys that were turned away, each until another takes its slot.
    private readonly int[] _turnedAway = new int[1 << 13];

    private long _bytes;

    protected long Limit => limit;

    public int Count => _places.Count;

    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>The value under this key, which counts as used.</summary>
    public TValue? Find(TKey key)
    {
        if (!_places.TryGetValue(key, out var place))
            return null;

        // Two at once may count as one: it is a hint.
        if (place.Uses < MostUses)
            place.Uses++;

        return place.Value;
    }

    /// <summary>
    /// Puts a value in the place of what is under this key; where nothing is, if there is room, or at the second attempt.
    /// </summary>
    public void Put(TKey key, TValue value, long size)
    {
        lock (_gate)
        {
            if (_places.TryGetValue(key, out var place))
            {
                _bytes += size - place.Size;
                (place.Value, place.Size) = (value, size);
            }
            else if (_bytes + size <= limit || IsBackSoon(key))
            {
                _bytes += size;
                _line.Enqueue(_places[key] = new Place(key, value, size));
            }

            while (_bytes > limit)
                PassFirst();
        }
    }

    private bool IsBackSoon(TKey key)
    {
        var hash = key.GetHashCode();
        ref var slot = ref _turnedAway[hash & (_turnedAway.Length - 1)];
        if (slot == hash)
            return true;

        slot = hash;
        return false;
    }

    // The first in line goes, or, if it was used since it got there, to the end.
    private void PassFirst()
    {
        var place = _line.Dequeue();
        if (place.Uses > 0)
        {
            place.Uses--;
            _line.Enqueue(place);
            return;
        }

        _bytes -= place.Size;
        _places.TryRemove(place.Key, out _);
    }

    private sealed class Place(TKey key, TValue value, long size)
    {
        private volatile TValue _value = value;

        public TKey Key => key;

        public TValue Value { get => _value; set => _value = value; }

        public long Size { get; set; } = size;

        public int Uses { get; set; }
    }
}

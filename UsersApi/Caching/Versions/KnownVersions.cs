namespace UsersApi.Caching.Versions;

/// <summary>The versions that this node knows without asking, and its lease: how long it may use them.</summary>
internal sealed class KnownVersions(TimeProvider time)
{
    // An insurance against versions that are changed by other means than the scripts.
    private static readonly TimeSpan LongestUse = TimeSpan.FromSeconds(60);
    private const int MaxTags = 100_000;

    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private long _validUntil = long.MinValue;
    private volatile bool _isReleased;

    /// <summary>Whether versions that are known may be used now.</summary>
    public bool IsHeld => IsHeldAt(time.GetTimestamp());

    /// <summary>The versions of all these tags; null without a lease, or where one of them is not known.</summary>
    public Stamp? Find(IReadOnlyList<string> tags)
    {
        // The lease is checked first: a grant that arrives later must not make versions valid that were kept from a lapsed one.
        var now = time.GetTimestamp();
        if (!IsHeldAt(now))
            return null;

        var tokens = new string[tags.Count];
        string? epoch = null;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!_slots.TryGetValue(tags[i], out var slot) || slot.Token is not { } token || (epoch ??= slot.Epoch) != slot.Epoch
                || time.GetElapsedTime(slot.ReadAt, now) > LongestUse)
            {
                return null;
            }

            slot.MarkUsed();
            tokens[i] = token;
        }

        return new Stamp(epoch ?? "", tokens);
    }

    /// <summary>
    /// Reserves the places of versions that are about to be read, before the command is sent: what takes versions away takes
    /// reservations away too, so that a reply which crossed an eviction fills nothing.
    /// </summary>
    public IReadOnlyList<Reservation> Reserve(IReadOnlyList<string> tags)
    {
        var now = time.GetTimestamp();
        var reserved = new List<Reservation>(tags.Count);
        for (var i = 0; i < tags.Count; i++)
        {
            var mine = new Slot(now);
            var found = _slots.GetOrAdd(tags[i], mine);
            // The reservation of another read is left alone: newcomers that replaced it would keep the tag unknown under load.
            if (ReferenceEquals(found, mine) || (found.Token is not null && time.GetElapsedTime(found.ReadAt, now) > LongestUse
                    && _slots.TryUpdate(tags[i], mine, found)))
            {
                reserved.Add(new Reservation(tags[i], i, mine));
            }
        }

        // Counting takes all locks of the table: only where it has grown.
        if (reserved.Count > 0 && _slots.Count > MaxTags)
            ForgetAll();

        return reserved;
    }

    /// <summary>Puts what was read into the places that are still reserved for it; null gives them up.</summary>
    public void Fill(IReadOnlyList<Reservation> reserved, Stamp? read)
    {
        foreach (var (tag, index, slot) in reserved)
        {
            if (read is null)
                _slots.TryRemove(KeyValuePair.Create(tag, slot));
            else
                _slots.TryUpdate(tag, new Slot(slot.ReadAt, read.Epoch, read.Tokens[index]), slot);
        }
    }

    public void Forget(IEnumerable<string> tags)
    {
        foreach (var tag in tags)
            _slots.TryRemove(tag, out _);
    }

    public void ForgetAll() => _slots.Clear();

    /// <summary>
    /// Lengthens the lease, and never shortens it. Messages are handled one by one; were two at once, the longer lease of the two might get
    /// lost, and none would get longer than it was granted.
    /// </summary>
    public void HoldUntil(long timestamp) => Volatile.Write(ref _validUntil, Math.Max(timestamp, Volatile.Read(ref _validUntil)));

    /// <summary>Ends the lease for good: a grant may still be on its way.</summary>
    public void Release() => _isReleased = true;

    /// <summary>Tags that hits used since the last call, at most so many, the one that all entries carry first.</summary>
    public IReadOnlyList<string> TakeUsed(int most) =>
        [.. _slots.Where(slot => slot.Value.IsUsed).OrderByDescending(slot => slot.Key == TagNames.All).Take(most)
            .Where(slot => slot.Value.TakeUsed()).Select(slot => slot.Key)];

    private bool IsHeldAt(long now) => now < Volatile.Read(ref _validUntil) && !_isReleased;

    /// <summary>A place in which a version will stand.</summary>
    internal sealed record Reservation(string Tag, int Index, Slot Slot);

    /// <summary>
    /// A version, or, without a token, the reservation for one. Each is an object of its own: it is replaced by comparing references.
    /// </summary>
    internal sealed class Slot(long readAt, string? epoch = null, string? token = null)
    {
        private bool _isUsed;

        public bool IsUsed => _isUsed;

        /// <summary>From before the command was sent.</summary>
        public long ReadAt => readAt;

        public string? Epoch => epoch;

        public string? Token => token;

        // Looked at before it is written, so that hits on many cores do not take the memory from each other.
        public void MarkUsed()
        {
            if (!_isUsed)
                _isUsed = true;
        }

        public bool TakeUsed() => Interlocked.Exchange(ref _isUsed, false);
    }
}

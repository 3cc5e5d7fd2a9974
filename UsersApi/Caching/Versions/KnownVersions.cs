namespace UsersApi.Caching.Versions;

/// <summary>The versions that this node knows without asking, which it may use while its lease lasts.</summary>
internal sealed class KnownVersions(TimeProvider time)
{
    // An insurance against versions that are changed by other means than the scripts.
    private static readonly TimeSpan LongestUse = TimeSpan.FromSeconds(60);
    private const int MaxTags = 100_000;

    private readonly ConcurrentDictionary<string, Slot> _slots = new(StringComparer.Ordinal);
    private readonly Lock _gate = new();
    private long _validUntil = long.MinValue;
    private bool _isReleased;

    /// <summary>Whether versions that are known may be used now.</summary>
    public bool IsHeld => time.GetTimestamp() < Volatile.Read(ref _validUntil);

    /// <summary>The versions of all these tags; null without a lease, or where one of them is not known.</summary>
    public Stamp? Find(IReadOnlyList<string> tags)
    {
        // The lease is checked first: a grant that arrives later must not make versions valid that were kept from a lapsed one.
        var now = time.GetTimestamp();
        if (now >= Volatile.Read(ref _validUntil))
            return null;

        var tokens = new string[tags.Count];
        string? epoch = null;
        for (var i = 0; i < tokens.Length; i++)
        {
            if (!_slots.TryGetValue(tags[i], out var slot) || slot.Version is not { } version || (epoch ??= version.Epoch) != version.Epoch
                || time.GetElapsedTime(version.ReadAt, now) > LongestUse)
            {
                return null;
            }

            slot.MarkUsed();
            tokens[i] = version.Token;
        }

        return new Stamp(epoch ?? "", tokens);
    }

    /// <summary>
    /// Reserves the places of versions that are about to be read, before the command is sent: what takes versions away takes
    /// reservations away too, so that a reply which crossed an eviction fills nothing.
    /// </summary>
    public IReadOnlyList<Reservation> Reserve(IReadOnlyList<string> tags)
    {
        if (_slots.Count > MaxTags)
            ForgetAll();

        var now = time.GetTimestamp();
        var reserved = new List<Reservation>(tags.Count);
        for (var i = 0; i < tags.Count; i++)
        {
            var mine = new Slot(null);
            var found = _slots.GetOrAdd(tags[i], mine);
            // The reservation of another read is left alone: newcomers that replaced it would keep the tag unknown under load.
            if (ReferenceEquals(found, mine)
                || (found.Version is { } old && time.GetElapsedTime(old.ReadAt, now) > LongestUse
                    && _slots.TryUpdate(tags[i], mine, found)))
            {
                reserved.Add(new Reservation(tags[i], i, mine, now));
            }
        }

        return reserved;
    }

    /// <summary>Puts what was read into the places that are still reserved for it; null gives them up.</summary>
    public void Fill(IReadOnlyList<Reservation> reserved, Stamp? read)
    {
        foreach (var (tag, index, slot, since) in reserved)
        {
            if (read is null)
                _slots.TryRemove(KeyValuePair.Create(tag, slot));
            else
                _slots.TryUpdate(tag, new Slot(new KnownVersion(read.Epoch, read.Tokens[index], since)), slot);
        }
    }

    public void Forget(IEnumerable<string> tags)
    {
        foreach (var tag in tags)
            _slots.TryRemove(tag, out _);
    }

    public void ForgetAll() => _slots.Clear();

    /// <summary>Lengthens the lease, and never shortens it.</summary>
    public void HoldUntil(long timestamp)
    {
        lock (_gate)
        {
            if (!_isReleased)
                Volatile.Write(ref _validUntil, Math.Max(timestamp, _validUntil));
        }
    }

    /// <summary>Ends the lease for good: a grant may still be on its way.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
            Volatile.Write(ref _validUntil, long.MinValue);
        }
    }

    /// <summary>Tags that hits used since the last call, at most so many, the one that all entries carry first.</summary>
    public IReadOnlyList<string> TakeUsed(int most) =>
        [.. _slots.Where(slot => slot.Value.TakeUsed()).Select(slot => slot.Key).OrderByDescending(tag => tag == TagNames.All).Take(most)];

    /// <summary>A place in which a version will stand.</summary>
    internal sealed record Reservation(string Tag, int Index, Slot Slot, long Since);

    internal sealed record KnownVersion(string Epoch, string Token, long ReadAt);

    /// <summary>A version, or the reservation for one. Each is an object of its own: it is replaced by comparing references.</summary>
    internal sealed class Slot(KnownVersion? version)
    {
        private bool _isUsed;

        public KnownVersion? Version => version;

        // Looked at before it is written, so that hits on many cores do not take the memory from each other.
        public void MarkUsed()
        {
            if (!_isUsed)
                _isUsed = true;
        }

        public bool TakeUsed()
        {
            var used = _isUsed;
            _isUsed = false;
            return used;
        }
    }
}

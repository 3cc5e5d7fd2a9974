namespace UsersApi.Caching.Versions;

/// <summary>
/// Evicts for this node. One command is under way at a time; the next takes all that came meanwhile, so that a thousand writes a
/// second are not a thousand round trips. It ends with its reply: that holders acknowledge is waited for beside it.
/// </summary>
internal sealed class Evictions(
    VersionScripts scripts, ScriptRunner runner, KnownVersions known, OwedTags owed, Lease lease, Acknowledgements acknowledgements,
    IOptions<RedisCachedOptions> options, TimeProvider time, CacheMetrics metrics, ILogger<Evictions> logger) : IDisposable
{
    private const int MaxTags = 512;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(25);

    private readonly TimeSpan _timeout = options.Value.EvictionTimeout;
    private readonly Lock _gate = new();
    private readonly Queue<Request> _waiting = new();
    private readonly List<Request> _unsettled = [];
    private bool _isSending;
    private int _isRetrying;
    private volatile bool _isOver;

    /// <returns>
    /// True when no node serves any more what was stored before; false where Redis could not be reached: it is tried again.
    /// </returns>
    public async Task<bool> EvictAsync(IReadOnlyCollection<string> tags)
    {
        var requests = tags.Chunk(MaxTags).Select(some => new Request(some)).ToList();
        lock (_gate)
        {
            requests.ForEach(_waiting.Enqueue);
            if (!_isSending)
            {
                _isSending = true;
                // What one request began goes on for others: it must not carry that request's context.
                using (ExecutionContext.SuppressFlow())
                    _ = Task.Run(SendWaitingAsync);
            }
        }

        var results = await Task.WhenAll(requests.Select(request => request.Result.Task));
        return Array.TrueForAll(results, evicted => evicted);
    }

    /// <summary>Ends the retries: the application is gone.</summary>
    public void Dispose() => _isOver = true;

    private async Task SendWaitingAsync()
    {
        while (NextBatch() is { } batch)
        {
            var tags = batch.SelectMany(request => request.Tags).ToHashSet(StringComparer.Ordinal);
            using var span = CacheTraces.EvictionCommand(batch.Select(request => request.Cause));
            if (await TrySendAsync(tags) is { } sent)
                _ = AcknowledgeAsync(batch, sent.Eviction, sent.Pending);
            else
                _ = OweAsync(batch, tags);
        }
    }

    private List<Request>? NextBatch()
    {
        var batch = new List<Request>();
        lock (_gate)
        {
            for (var count = 0; _waiting.TryPeek(out var next) && (count += next.Tags.Length) <= MaxTags;)
                batch.Add(_waiting.Dequeue());

            _isSending = batch.Count > 0;
        }

        return _isSending ? batch : null;
    }

    /// <summary>Sends new versions for as long as a write may wait: each attempt has tokens and an id of its own.</summary>
    private async Task<(Eviction Eviction, Acknowledgements.Pending Pending)?> TrySendAsync(HashSet<string> tags)
    {
        // Later writes of one outage do not wait for it.
        if (runner.IsLeftAlone || !owed.IsEmpty || runner.OutageAge > LeaseTerms.AwaitedFor)
            return null;

        var began = time.GetTimestamp();
        while (_timeout - time.GetElapsedTime(began) is { Ticks: > 0 } left)
        {
            if (await TrySendOnceAsync(tags, left) is { } sent)
                return sent;

            await Task.Delay(RetryPause, time);
        }

        return null;
    }

    private async Task<(Eviction Eviction, Acknowledgements.Pending Pending)?> TrySendOnceAsync(
        IReadOnlyCollection<string> tags, TimeSpan limit)
    {
        var id = RandomToken.New();
        var pending = acknowledgements.Expect(id);
        try
        {
            return (await scripts.EvictAsync(tags, lease.Node, id).WaitAsync(limit, time), pending);
        }
        catch (Exception error)
        {
            pending.Dispose();
            runner.NoteFailure(error);
            metrics.EvictionFailed();
            return null;
        }
    }

    private async Task AcknowledgeAsync(List<Request> batch, Eviction eviction, Acknowledgements.Pending pending)
    {
        using (pending)
        {
            var began = time.GetTimestamp();
            // Until all leases of an earlier incarnation have run out, nobody knows who holds one.
            if (!eviction.IsCalm)
                await Task.Delay(LeaseTerms.AwaitedFor, time);

            var silent = await pending.WaitAsync(eviction.Holders, eviction.IsCalm ? LeaseTerms.AwaitedFor : TimeSpan.Zero, time);
            metrics.AwaitedLeases(time.GetElapsedTime(began));
            batch.ForEach(request => request.Result.TrySetResult(true));
            if (silent.Count > 0)
                await ForgetAsync(eviction, silent);
        }
    }

    private async Task ForgetAsync(Eviction eviction, IReadOnlyList<string> silent)
    {
        try
        {
            await scripts.ForgetAsync(eviction, silent);
        }
        catch (Exception)
        {
            // It only spares the next write a wait, and that write tries again.
            metrics.EvictionFailed();
        }
    }

    private async Task OweAsync(List<Request> batch, HashSet<string> tags)
    {
        // What this node serves is never older than what it acknowledged.
        owed.Add(tags);
        known.Forget(tags);
        lock (_gate)
            _unsettled.AddRange(batch);

        if (Interlocked.Exchange(ref _isRetrying, 1) == 0)
            _ = RetryAsync();

        // Others go on from memory for as long as their leases last.
        if (LeaseTerms.AwaitedFor - (runner.OutageAge ?? TimeSpan.Zero) is { Ticks: > 0 } left)
            await Task.Delay(left, time);

        lock (_gate)
            _unsettled.RemoveAll(batch.Contains);

        batch.ForEach(request => request.Result.TrySetResult(false));
    }

    private async Task RetryAsync()
    {
        CacheLog.EvictionFailed(logger);
        do
        {
            while (!_isOver && owed.Take(MaxTags) is { Count: > 0 } some)
            {
                await Task.Delay(LeaseTerms.RenewalInterval, time);
                // Only who waits by now: what commits while the command is under way is not evicted by it.
                var waiting = FindUnsettled(some);
                if (await TrySendOnceAsync(some.Keys.ToHashSet(StringComparer.Ordinal), _timeout) is { } sent)
                {
                    owed.Remove(some);
                    _ = AcknowledgeAsync(TakeSettled(waiting), sent.Eviction, sent.Pending);
                }
            }

            Volatile.Write(ref _isRetrying, 0);
        }
        while (!_isOver && !owed.IsEmpty && Interlocked.Exchange(ref _isRetrying, 1) == 0);

        if (!_isOver)
            CacheLog.EvictionsCaughtUp(logger);
    }

    /// <summary>The writes that wait for the eviction of nothing but these tags.</summary>
    private List<Request> FindUnsettled(IReadOnlyDictionary<string, long> tags)
    {
        lock (_gate)
            return _unsettled.FindAll(request => Array.TrueForAll(request.Tags, tags.ContainsKey));
    }

    /// <summary>Those of them that still wait.</summary>
    private List<Request> TakeSettled(List<Request> evicted)
    {
        lock (_gate)
        {
            var settled = evicted.FindAll(_unsettled.Contains);
            _unsettled.RemoveAll(settled.Contains);
            return settled;
        }
    }

    private sealed class Request(string[] tags)
    {
        public string[] Tags => tags;

        public System.Diagnostics.ActivityContext Cause { get; } = CacheTraces.Here;

        public TaskCompletionSource<bool> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

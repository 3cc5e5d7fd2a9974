using System.Threading.Channels;

namespace UsersApi.Caching.Versions;

/// <summary>
/// Evicts for this node. One command is under way at a time; the next takes all that came meanwhile, so that a thousand writes a
/// second are not a thousand round trips. It ends with its reply: that holders acknowledge is waited for beside it.
/// </summary>
internal sealed class Evictions(
    VersionScripts scripts, ScriptRunner runner, KnownVersions known, OwedTags owed, ChangeMessages messages,
    Acknowledgements acknowledgements, IOptions<RedisCachedOptions> options, TimeProvider time, CacheMetrics metrics,
    ILogger<Evictions> logger) : IDisposable
{
    private const int MaxTags = 512;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(25);

    private readonly TimeSpan _timeout = options.Value.EvictionTimeout;
    private readonly Channel<Request> _waiting = Channel.CreateUnbounded<Request>();
    private bool _isSending;
    private bool _isRetrying;
    private volatile bool _isOver;

    /// <returns>
    /// True when no node serves any more what was stored before; false where Redis could not be reached: it is tried again.
    /// </returns>
    public async Task<bool> EvictAsync(IReadOnlyCollection<string> tags)
    {
        var requests = tags.Chunk(MaxTags).Select(some => new Request(some)).ToList();
        requests.ForEach(request => _waiting.Writer.TryWrite(request));
        if (!Interlocked.Exchange(ref _isSending, true))
        {
            // What the first request began goes on for all: it must not carry that request's context.
            using (ExecutionContext.SuppressFlow())
                _ = Task.Run(SendWaitingAsync);
        }

        var results = await Task.WhenAll(requests.Select(request => request.Result.Task));
        return Array.TrueForAll(results, evicted => evicted);
    }

    /// <summary>Ends the retries: the application is gone.</summary>
    public void Dispose() => _isOver = true;

    private async Task SendWaitingAsync()
    {
        await foreach (var first in _waiting.Reader.ReadAllAsync())
        {
            List<Request> batch = [first];
            Eviction? sent = null;
            try
            {
                for (var count = first.Tags.Length; _waiting.Reader.TryPeek(out var next) && (count += next.Tags.Length) <= MaxTags;)
                    batch.Add(await _waiting.Reader.ReadAsync());

                using var span = CacheTraces.Linked("cache eviction command", batch.Select(request => request.Cause));
                sent = await TrySendAsync(TagsOf(batch));
            }
            catch (Exception)
            {
                // Memory that ran out, a listener that throws: it must not be the end of all evictions of this node.
            }

            _ = sent is null ? OweAsync(batch) : AcknowledgeAsync(batch, sent);
        }
    }

    /// <summary>Sends new versions for as long as a write may wait: each attempt has tokens and an id of its own.</summary>
    private async Task<Eviction?> TrySendAsync(HashSet<string> tags)
    {
        // Later writes of one outage do not wait for it. Once it is over they go at once, whatever is still owed: if each had to be owed
        // behind others, a busy node would never have done with it.
        if (runner.OutageAge is { } age && (runner.IsLeftAlone || !owed.IsEmpty || age > LeaseTerms.AwaitedFor))
            return null;

        var began = time.GetTimestamp();
        while (_timeout - time.GetElapsedTime(began) is { Ticks: > 0 } left)
        {
            if (await TrySendOnceAsync(tags, left) is { } eviction)
                return eviction;

            await Task.Delay(RetryPause, time);
        }

        return null;
    }

    private async Task<Eviction?> TrySendOnceAsync(IReadOnlyCollection<string> tags, TimeSpan limit)
    {
        var id = RandomToken.New();
        acknowledgements.Expect(id);
        try
        {
            return await scripts.EvictAsync(tags, messages.Node, id).WaitAsync(limit, time);
        }
        catch (Exception error)
        {
            acknowledgements.Forget(id);
            runner.NoteFailure(error);
            metrics.Failed("evict");
            return null;
        }
    }

    private async Task AcknowledgeAsync(IReadOnlyCollection<Request> batch, Eviction eviction)
    {
        var began = time.GetTimestamp();
        // Until all leases of an earlier incarnation have run out, nobody knows who holds one.
        if (!eviction.IsCalm)
            await Task.Delay(LeaseTerms.AwaitedFor, time);

        var silent = await acknowledgements.WaitAsync(eviction, eviction.IsCalm ? LeaseTerms.AwaitedFor : TimeSpan.Zero, time);
        Settle(batch, isEvicted: true);
        metrics.AwaitedLeases(time.GetElapsedTime(began));
        if (silent.Count == 0)
            return;

        // It only spares the next write a wait, and that write tries again.
        var forgetting = scripts.ForgetAsync(eviction, silent);
        await forgetting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!forgetting.IsCompletedSuccessfully)
            metrics.Failed("evict");
    }

    private async Task OweAsync(IReadOnlyCollection<Request> batch)
    {
        // What this node serves is never older than what it acknowledged.
        var tags = TagsOf(batch);
        owed.Add(tags);
        known.Forget(tags);
        if (!Interlocked.Exchange(ref _isRetrying, true))
            _ = RetryAsync();

        // Others go on from memory for as long as their leases last.
        if (LeaseTerms.AwaitedFor - (runner.OutageAge ?? TimeSpan.Zero) is { Ticks: > 0 } left)
            await Task.Delay(left, time);

        Settle(batch, isEvicted: false);
    }

    private async Task RetryAsync()
    {
        // Whatever ends one attempt, a logger that throws say, another one begins.
        await Task.Run(() => CacheLog.EvictionFailed(logger)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!_isOver)
        {
            await Task.Delay(LeaseTerms.RenewalInterval, time);
            await RetryOnceAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!owed.IsEmpty)
                continue;

            Volatile.Write(ref _isRetrying, false);
            // What was owed since then has begun nothing of its own.
            if (owed.IsEmpty || Interlocked.Exchange(ref _isRetrying, true))
                break;
        }

        if (!_isOver)
            CacheLog.EvictionsCaughtUp(logger);
    }

    /// <summary>All that is owed by now, whatever comes meanwhile: each has its turn.</summary>
    private async Task RetryOnceAsync()
    {
        foreach (var some in owed.All.Chunk(MaxTags))
        {
            string[] tags = [.. some.Select(tag => tag.Key)];
            if (await TrySendOnceAsync(tags, _timeout) is not { } eviction)
                return;

            // A read that began before they were owed may have put an old version back.
            known.Forget(tags);
            owed.Remove(some);
            _ = AcknowledgeAsync([], eviction);
        }
    }

    private static HashSet<string> TagsOf(IEnumerable<Request> batch) =>
        batch.SelectMany(request => request.Tags).ToHashSet(StringComparer.Ordinal);

    private static void Settle(IReadOnlyCollection<Request> batch, bool isEvicted)
    {
        foreach (var request in batch)
            request.Result.TrySetResult(isEvicted);
    }

    private sealed record Request(string[] Tags)
    {
        public System.Diagnostics.ActivityContext Cause { get; } = CacheTraces.Here;

        public TaskCompletionSource<bool> Result { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

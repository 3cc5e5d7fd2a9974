using System.Collections.Immutable;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace UsersApi.Caching;

/// <summary>Versions in Redis, as strings under <c>{prefix}{tag}:name</c>: one hash tag, so that one command reads them in a cluster too.</summary>
internal sealed class RedisTagVersions(
    RedisConnection connection, VersionReader reader, IOptions<RedisCachedOptions> options, TimeProvider time, CacheMetrics metrics, ILogger<RedisTagVersions> logger)
    : ITagVersions
{
    private readonly SharedRead<VersionSnapshot> _reads = new(reader.TryReadAsync);
    private readonly TimeSpan _timeout = TimeSpan.FromMilliseconds(options.Value.EvictionTimeoutMs);
    private readonly TimeSpan _retryDelay = TimeSpan.FromMilliseconds(options.Value.BreakMs);
    // Looked at by every request, and nearly always empty.
    private ImmutableDictionary<string, long> _owed = ImmutableDictionary<string, long>.Empty;
    private long _debts;
    private int _isRetrying;

    public Task<VersionSnapshot?> ReadAsync(IReadOnlyList<string> tags, Action? behind = null) => !Volatile.Read(ref _owed).IsEmpty && tags.Any(_owed.ContainsKey)
        ? Task.FromResult<VersionSnapshot?>(null)
        : _reads.ReadAsync(tags, behind);

    public async ValueTask<bool> EvictAsync(IReadOnlyCollection<string> tags)
    {
        if (await TryWriteAsync(tags))
            return true;

        // Until it gets through, this node bypasses these tags: what it serves is never older than what it acknowledged.
        var debt = Interlocked.Increment(ref _debts);
        foreach (var tag in tags)
            ImmutableInterlocked.AddOrUpdate(ref _owed, tag, debt, (_, _) => debt);

        if (Interlocked.Exchange(ref _isRetrying, 1) == 0)
            _ = RetryAsync();

        return false;
    }

    private async Task RetryAsync()
    {
        CacheLog.EvictionFailed(logger);
        do
        {
            while (!_owed.IsEmpty)
            {
                await Task.Delay(_retryDelay, time);
                var owed = _owed;
                if (await TryWriteAsync([.. owed.Select(debt => debt.Key)]))
                {
                    // One that failed meanwhile has another number, and stays.
                    ImmutableInterlocked.Update(ref _owed, static (all, paid) => all.RemoveRange(all.Intersect(paid).Select(debt => debt.Key)), owed);
                }
            }

            Volatile.Write(ref _isRetrying, 0);
        }
        while (!_owed.IsEmpty && Interlocked.Exchange(ref _isRetrying, 1) == 0);

        CacheLog.EvictionsCaughtUp(logger);
    }

    private async Task<bool> TryWriteAsync(IReadOnlyCollection<string> tags)
    {
        try
        {
            var database = await connection.DatabaseAsync().AsTask().WaitAsync(_timeout, time);
            // A new token for every attempt: the copy of an old one in a dead socket can never come back as the current version.
            await database.StringSetAsync([.. tags.Select(tag => KeyValuePair.Create(reader.KeyOf(tag), (RedisValue)LocalTagVersions.NewToken()))])
                .WaitAsync(_timeout, time);
            return true;
        }
        catch (Exception)
        {
            metrics.EvictionFailed();
            return false;
        }
    }
}

namespace UsersApi.Data;

/// <summary>
/// The servers that a connection string names, and which of them is the primary: the one that takes writes and has the highest timeline.
/// </summary>
/// <remarks>
/// Npgsql's own data source for several hosts takes the first that is not a replica, so also a former primary that came back, and tries
/// one that does not answer again every ten seconds, at the cost of all requests of that moment. A single host is asked nothing here.
/// </remarks>
internal sealed class PostgresHosts : IDisposable
{
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _clock;
    private readonly Lock _lock = new();
    private Task? _look;
    private volatile Primary? _primary;
    private int _newestTimeline;
    private int _turn;

    public PostgresHosts(IReadOnlyList<PostgresHost> all, TimeProvider clock)
    {
        (All, _clock) = (all, clock);

        // Never outdated, and so never looked at.
        _primary = all is [var only] ? new Primary(only, int.MaxValue, 0) : null;
    }

    public IReadOnlyList<PostgresHost> All { get; }

    public bool AreSeveral => All.Count > 1;

    /// <summary>The primary's, and 0 where none is known.</summary>
    public int Timeline => _primary?.Timeline ?? 0;

    /// <summary>Notes a timeline that some server is on. Whoever is on an older one is not the primary any more.</summary>
    public void Note(int? timeline)
    {
        var seen = Volatile.Read(ref _newestTimeline);
        while (timeline > seen && Interlocked.CompareExchange(ref _newestTimeline, timeline.Value, seen) is var other && other != seen)
            seen = other;
    }

    public bool IsOutdated(int timeline) => timeline < Volatile.Read(ref _newestTimeline);

    /// <exception cref="NoPrimaryException">None answers, or more than one says that it is the primary.</exception>
    public async ValueTask<PostgresHost> PrimaryAsync(CancellationToken cancellationToken)
    {
        if (_primary is not { } known || IsOutdated(known.Timeline))
        {
            await LookAsync().WaitAsync(cancellationToken);
            known = _primary ?? throw new NoPrimaryException("No host of the connection string is the primary.");
        }

        return known.Host;
    }

    /// <summary>One replica after the other; null where none is to be read from.</summary>
    public PostgresHost? NextReplica()
    {
        var turn = (uint)Interlocked.Increment(ref _turn);
        for (var i = 0u; i < All.Count; i++)
        {
            if (All[(int)((turn + i) % All.Count)] is { ServesReads: true } host)
                return host;
        }

        return null;
    }

    /// <summary>Asks all servers what they are. Who comes while that is under way waits for it.</summary>
    public Task LookAsync()
    {
        lock (_lock)
            return _look is { IsCompleted: false } ? _look : _look = LookOnceAsync();
    }

    public void Dispose()
    {
        foreach (var host in All)
            host.Dispose();
    }

    private async Task LookOnceAsync()
    {
        await Task.WhenAll(All.Select(host => host.LookAsync(LookTimeout, _clock)));
        foreach (var host in All)
            Note(host.State?.Timeline);

        _primary = Choose();
        foreach (var host in All)
        {
            host.Role = RoleOf(host);
            host.ServesReads = host.Role == PostgresRole.Replica;
        }
    }

    private Primary? Choose()
    {
        var writable = All.Where(host => host.State is { IsReplica: false }).ToList();
        var newest = writable.Where(host => !IsOutdated(host.State!.Timeline!.Value)).ToList();
        if (newest.Count == 0)
        {
            // One that does not answer remains the primary until another one does. Requests find out for themselves.
            return _primary is { } known && known.Host.State is null && !IsOutdated(known.Timeline) ? known : null;
        }

        // Two that say so, and no way to tell which is right: neither is. Two names of one server are one.
        var isOne = newest.DistinctBy(host => host.State!.StartedAt).Count() == 1
            && writable.DistinctBy(host => host.State!.System).Count() == 1;
        return isOne ? new Primary(newest[0], newest[0].State!.Timeline!.Value, newest[0].State!.System) : null;
    }

    private PostgresRole RoleOf(PostgresHost host) => host switch
    {
        { State: null } => PostgresRole.Unreachable,
        _ when host == _primary?.Host => PostgresRole.Primary,
        { State: { IsReplica: true } state } when state.Timeline == _primary?.Timeline && state.System == _primary?.System =>
            PostgresRole.Replica,
        _ => PostgresRole.Outdated,
    };

    private sealed record Primary(PostgresHost Host, int Timeline, long System);
}

using StackExchange.Redis;

namespace UsersApi.Caching.Versions;

/// <summary>
/// Keeps this node's lease: subscribes, renews, acknowledges, and leaves when the host stops. A node without leases
/// (<see cref="RedisCachedOptions.Leases"/>) subscribes too, since its writes wait for the acknowledgements of others.
/// </summary>
internal sealed class LeaseKeeper(
    RedisConnection connection, VersionScripts scripts, ScriptRunner runner, KnownVersions known, ChangeMessages messages,
    Acknowledgements acknowledgements, ITagVersions versions,
    IOptions<RedisCachedOptions> options, TimeProvider time, ILogger<LeaseKeeper> logger) : BackgroundService, IAsyncDisposable
{
    // Hits do not read the tags that they use: Redis would take them for unused, and forget them first.
    private const int MaxTouched = 64;

    private readonly string _node = options.Value.Leases ? messages.Node : "";
    private Task _first = Task.CompletedTask;
    private Task<LeaseSubscription>? _opening;
    private LeaseSubscription? _subscription;
    private string _incarnation = "";
    private long _incarnationSince;
    private long _unanswered;

    /// <summary>
    /// Subscribes, and gets ready, before the host serves: what a write waits for would else be told before this node listens. Of a Redis
    /// that is not there, the host does not wait for more than a second.
    /// </summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        _first = TryRenewAsync(LeaseTerms.Length);
        await WarmUpAsync().WaitAsync(LeaseTerms.Length, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StartAsync(cancellationToken);
    }

    /// <summary>Stops hitting, then leaves, and goes on acknowledging until what was evicted before has been handled.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        known.Release();
        await base.StopAsync(cancellationToken);
        if (_subscription is null || _node.Length == 0)
            return;

        try
        {
            await scripts.LeaveAsync(_node).WaitAsync(LeaseTerms.Length, time, cancellationToken);
            await messages.Left.WaitAsync(LeaseTerms.Length, time, cancellationToken);
        }
        catch (Exception error)
        {
            // The next write waits once for the lease to run out, and forgets this node.
            CacheLog.LeaveFailed(logger, error.GetType().Name);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_opening is { } opening)
        {
            await ((Task)opening).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _subscription ??= opening.IsCompletedSuccessfully ? await opening : null;
        }

        if (_subscription is not null)
            await _subscription.DisposeAsync();

        Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await _first.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (true)
        {
            await Task.Delay(LeaseTerms.RenewalInterval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;

            // A logger that throws is not the end of it.
            await TryRenewAsync(LeaseTerms.RenewalInterval).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The first read compiles what all later ones use: no request should miss its deadline for that.
    private async Task WarmUpAsync()
    {
        await _first;
        await connection.Bodies;
        await versions.ReadAsync([TagNames.All]);
    }

    private async Task TryRenewAsync(TimeSpan patience)
    {
        try
        {
            await DropIfDeadAsync();
            if (_subscription is null)
                await SubscribeAsync(patience);

            // A node that hears nothing, or is behind and has lost its lease by that, would make every writer wait for it. It renews
            // nothing then, and finds out how Redis fares all the same.
            await RenewAsync(_subscription is not null && (!_subscription.IsBehind || known.IsHeld) ? _node : "");
        }
        catch (Exception error)
        {
            runner.NoteFailure(error);
        }
    }

    // Redis may answer commands and take no subscription, as where it has no connection left.
    private async Task SubscribeAsync(TimeSpan patience)
    {
        _opening ??= LeaseSubscription.OpenAsync(
            connection, (scripts.Changes, scripts.AcksOf(messages.Node)), HandleChange, acknowledgements.Handle);
        await ((Task)_opening).WaitAsync(patience, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_opening.IsCompletedSuccessfully)
            (_subscription, _unanswered) = (await _opening, 0);
        else if (_opening.Exception?.InnerException is RedisServerException refusal)
            runner.NoteFailure(refusal);

        if (_opening.IsCompleted)
            _opening = null;
    }

    private async Task RenewAsync(string node)
    {
        var askedAt = time.GetTimestamp();
        // Every lease of an earlier incarnation has run out: whoever holds one is among the holders.
        var calm = _incarnation.Length > 0 && time.GetElapsedTime(_incarnationSince, askedAt) > LeaseTerms.AwaitedFor ? _incarnation : "";
        var inc = await scripts.RenewAsync(node, askedAt, calm, known.TakeUsed(MaxTouched)).WaitAsync(runner.LongestReply, time);
        if (inc != _incarnation)
            (_incarnation, _incarnationSince) = (inc, time.GetTimestamp());

        if (_unanswered == 0)
            _unanswered = askedAt;

        if (_subscription is not null)
            runner.NoteRequirementsMet();
    }

    // Redis answers, and its messages do not come: the connection is open on this side alone.
    private async Task DropIfDeadAsync()
    {
        if (messages.LastHeard >= _unanswered)
            _unanswered = 0;

        if (_subscription is null || _unanswered == 0 || time.GetElapsedTime(_unanswered) < LeaseTerms.Length)
            return;

        CacheLog.SubscriptionLost(logger);
        await _subscription.DisposeAsync();
        (_subscription, _unanswered) = (null, 0);
    }

    private void HandleChange(string message)
    {
        if (messages.Handle(message) is not { } next)
            return;

        if (next.ResetIncarnation is { } inc)
            _ = IgnoreAsync(scripts.ResetAsync(inc));

        if (next is not { Writer: { } writer, Id: { } id })
            return;

        // What is known has been dropped by now, and only now may the writer hear of it.
        if (writer == messages.Node)
            acknowledgements.Acknowledge(id, messages.Node);
        else
            _ = IgnoreAsync(connection.PublishAsync(scripts.AcksOf(writer), $"{messages.Node}\n{id}"));
    }

    // The writer waits for the length of a lease instead.
    private static async Task IgnoreAsync(Task sending) => await sending.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
}

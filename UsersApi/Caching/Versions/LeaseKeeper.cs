namespace UsersApi.Caching.Versions;

/// <summary>
/// Keeps this node's lease: subscribes, renews, acknowledges, and leaves when the host stops. As often as it renews, it has evictions
/// that are owed sent again. A node without leases (<see cref="RedisCachedOptions.Leases"/>) subscribes too, since its writes wait for the
/// acknowledgements of others.
/// </summary>
internal sealed class LeaseKeeper(
    RedisConnection connection, VersionScripts scripts, ScriptRunner runner, KnownVersions known, ChangeMessages messages,
    Acknowledgements acknowledgements, ITagVersions versions, Evictions evictions, OwedTags owed,
    IOptions<RedisCachedOptions> options, TimeProvider time, ILogger<LeaseKeeper> logger) : BackgroundService, IAsyncDisposable
{
    // Hits do not read the tags that they use: Redis would take them for unused, and forget them first.
    private const int MaxTouched = 64;

    private readonly string _node = options.Value.Leases ? messages.Node : "";
    private Task _first = Task.CompletedTask;
    private Task _retrying = Task.CompletedTask;
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
        _first = TryRenewAsync();
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

            // Beside the renewals, which must not wait for it. Whatever ended one attempt, another one begins.
            if (!owed.IsEmpty && _retrying.IsCompleted)
                _retrying = evictions.RetryAsync();

            // Nor must a logger that throws be the end of it.
            await TryRenewAsync().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    // The first read compiles what all later ones use: no request should miss its deadline for that.
    private async Task WarmUpAsync()
    {
        await _first;
        await connection.Bodies;
        await versions.ReadAsync([TagNames.All]);
    }

    private async Task TryRenewAsync()
    {
        try
        {
            await DropIfDeadAsync();
            _subscription ??= await LeaseSubscription.OpenAsync(
                connection, (scripts.Changes, scripts.AcksOf(messages.Node)), HandleChange, acknowledgements.Handle);

            // A node that is behind, and whose lease has run out, would make every writer wait for it.
            if (!_subscription.IsBehind || known.IsHeld)
                await RenewAsync();
        }
        catch (Exception error)
        {
            runner.NoteFailure(error);
        }
    }

    private async Task RenewAsync()
    {
        var askedAt = time.GetTimestamp();
        // Every lease of an earlier incarnation has run out: whoever holds one is among the holders.
        var calm = _incarnation.Length > 0 && time.GetElapsedTime(_incarnationSince, askedAt) > LeaseTerms.AwaitedFor ? _incarnation : "";
        var inc = await scripts.RenewAsync(_node, askedAt, calm, known.TakeUsed(MaxTouched)).WaitAsync(runner.LongestReply, time);
        if (inc != _incarnation)
            (_incarnation, _incarnationSince) = (inc, time.GetTimestamp());

        if (_unanswered == 0)
            _unanswered = askedAt;

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

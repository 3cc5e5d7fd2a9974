namespace UsersApi.Data;

/// <summary>Looks once a second what each host is, where there are several, and evicts everything after a failover.</summary>
internal sealed class PostgresWatch(
    PostgresHosts hosts,
    [FromKeyedServices(PostgresServiceCollectionExtensions.Direct)] PostgresHosts direct,
    TimeProvider clock,
    ILogger<PostgresWatch> logger,
    EvictTags? evict = null) : BackgroundService
{
    private const string Everything = "all";
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly Dictionary<PostgresHost, PostgresRole> _roles = [];
    private int _timeline;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        PostgresHosts[] watched = [.. new[] { hosts, direct }.Distinct().Where(one => one.AreSeveral)];
        while (watched.Length > 0)
        {
            foreach (var one in watched)
            {
                await one.LookAsync();
                Report(one);
            }

            await EvictAfterFailoverAsync();
            await Task.Delay(Interval, clock, stoppingToken);
        }
    }

    private void Report(PostgresHosts watched)
    {
        foreach (var host in watched.All.Where(host => !_roles.TryGetValue(host, out var before) || before != host.Role))
        {
            _roles[host] = host.Role;
            Log.HostChanged(logger, host.Name, host.Role);
        }
    }

    // A replica may lack the last writes of the primary that it replaces, and what was stored must not go on showing them.
    private async Task EvictAfterFailoverAsync()
    {
        if (hosts.Timeline <= _timeline)
            return;

        var isFirst = _timeline == 0;
        _timeline = hosts.Timeline;
        if (!isFirst && evict is not null)
        {
            Log.FailedOver(logger, _timeline);
            await evict([Everything]);
        }
    }
}

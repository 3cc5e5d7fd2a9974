using System.Net;
using System.Text.Json;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>A new release, whose users have one field more, takes over node by node behind nginx, while clients read and write.</summary>
[TestFixture, Category("Scale"), NonParallelizable]
public sealed class RollingDeploymentTests
{
    // A direction with fewer checked writes would prove little.
    private const int Enough = 20;

    private readonly List<DeployedNode> _serving = [];
    private readonly List<DeployedNode> _started = [];
    private Dictionary<string, string> _settings = null!;
    private NextRelease _next = null!;
    private TestDatabase _database = null!;
    private NginxProxy _nginx = null!;
    private DeploymentLoad _load = null!;

    [SetUp]
    public async Task StartAsync()
    {
        _next = await NextRelease.BuildAsync();
        _database = await TestDatabase.CreateAsync();
        _settings = new()
        {
            ["ConnectionStrings__Postgres"] = _database.ConnectionString,
            ["ConnectionStrings__Redis"] = TestServers.Redis,
            ["RedisCached__KeyPrefix"] = $"rolling:{Guid.NewGuid():n}:",
            ["RedisCached__VersionsTimeout"] = "00:00:01",
            ["Server__ShutdownDelay"] = "00:00:02",
        };
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => StartNodeAsync(isNext: false)));
        _nginx = await NginxProxy.StartAsync(_serving.Select(node => node.Port));
        _load = new DeploymentLoad(_nginx.Url, await CreateUsersAsync(_serving[0].Client));
        _serving.ForEach(_load.Add);
    }

    [TearDown]
    public async Task StopAsync()
    {
        _nginx?.Dispose();
        _started.ForEach(node => node.Dispose());
        if (_database is not null)
            await _database.DisposeAsync();

        _next?.Dispose();
    }

    [Test]
    public async Task Each_answer_has_the_form_of_the_node_that_gives_it_and_writes_of_either_release_are_seen_by_the_other()
    {
        using var stop = new CancellationTokenSource();
        var load = _load.RunAsync(stop.Token);
        await UntilMoreHitsAsync(load, ofNext: false);

        await DeployAsync();
        await UntilBothSeeEachOtherAsync(load);
        await DrainAsync(_serving[0]);
        await KillAsync(_serving[0], load);
        await DeployAsync();
        await DrainAsync(_serving[0]);
        await DeployAsync();
        await UntilMoreHitsAsync(load, ofNext: true);

        await stop.CancelAsync();
        await load;
        await TestContext.Out.WriteLineAsync(
            $"hits of old nodes {_load.HitsOf(false)}, of new ones {_load.HitsOf(true)}; "
            + $"writes on old seen by new {_load.SeenWrites(false, true)}, on new by old {_load.SeenWrites(true, false)}");
        Assert.That(_load.Problems.Take(10), Is.Empty, $"{_load.Problems.Count} in all");
    }

    private Task UntilBothSeeEachOtherAsync(Task load) => Eventually.HoldsAsync(
        () => Task.FromResult(load.IsFaulted || (_load.SeenWrites(false, true) >= Enough && _load.SeenWrites(true, false) >= Enough)),
        "writes of either release are read on the other", TimeSpan.FromSeconds(60));

    private async Task DeployAsync()
    {
        _load.Add(await StartNodeAsync(isNext: true));
        await UseServingAsync();
    }

    /// <summary>As an orchestrator does: the node is asked to stop, says that it is not ready, and leaves the proxy.</summary>
    private async Task DrainAsync(DeployedNode node)
    {
        TakeOut(node);
        var ending = node.EndAsync();
        await Eventually.HoldsAsync(async () => !await node.IsReadyAsync(), "it says that it is not ready");
        Assert.That(
            new[] { await node.StatusOfAsync("/health/live"), await node.StatusOfAsync("/api/v1/users") },
            Has.All.EqualTo(HttpStatusCode.OK), "it goes on serving");
        await UseServingAsync();
        await ending;
    }

    /// <summary>The proxy is told only afterwards: until then it finds out by itself.</summary>
    private async Task KillAsync(DeployedNode node, Task load)
    {
        TakeOut(node);
        node.Kill();
        await UntilMoreHitsAsync(load, ofNext: true);
        await UseServingAsync();
    }

    private async Task UntilMoreHitsAsync(Task load, bool ofNext)
    {
        var before = _load.HitsOf(ofNext);
        await Eventually.HoldsAsync(
            () => Task.FromResult(load.IsFaulted || _load.HitsOf(ofNext) >= before + Enough), "they answer from the cache",
            TimeSpan.FromSeconds(30));
    }

    private void TakeOut(DeployedNode node)
    {
        _serving.Remove(node);
        _load.Remove(node);
    }

    private Task UseServingAsync() => _nginx.UseAsync(_serving.Select(node => node.Port));

    private async Task<DeployedNode> StartNodeAsync(bool isNext)
    {
        var node = await DeployedNode.StartAsync(isNext ? _next.Program : AppContext.BaseDirectory, isNext, _settings);
        lock (_started)
        {
            _started.Add(node);
            _serving.Add(node);
        }

        return node;
    }

    private static async Task<IReadOnlyList<Guid>> CreateUsersAsync(HttpClient client)
    {
        var ids = new List<Guid>();
        for (var number = 0; number < 8; number++)
        {
            var user = new { email = $"user{number}@example.com", fullName = "0" };
            using var response = await client.PostAsJsonAsync("/api/v1/users", user);
            ids.Add((await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetGuid());
        }

        return ids;
    }
}

using UsersApi.Tests.Coherence;

namespace UsersApi.Tests.Chaos;

/// <summary>Something that happens to a server, and how it ends.</summary>
internal sealed record Fault(string Name, Trouble Trouble, Func<Task> BeginAsync, Func<Task> EndAsync)
{
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(200);

    public static IReadOnlyList<Fault> AllOf(ApiUnderLoad api) =>
    [
        .. AllOf(Trouble.Redis, api.Redis, api.RedisLink),
        .. AllOf(Trouble.Postgres, api.Postgres, api.PostgresLink),
    ];

    private static IEnumerable<Fault> AllOf(Trouble trouble, IBreakable server, LatentProxy link) =>
    [
        new($"{trouble} killed", trouble, () => Do(server.Kill), server.StartAsync),
        new($"{trouble} stopped", trouble, () => server.SignalAsync("STOP"), () => server.SignalAsync("CONT")),
        new($"{trouble} slow", trouble, () => Do(() => link.Latency = Slow), () => Do(() => link.Latency = TimeSpan.Zero)),
        new($"{trouble} restarted", trouble, server.RestartAsync, () => Task.CompletedTask),
    ];

    private static Task Do(Action action)
    {
        action();
        return Task.CompletedTask;
    }
}

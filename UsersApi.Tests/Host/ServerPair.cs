using UsersApi.Tests.Containers;

namespace UsersApi.Tests.Host;

/// <summary>Postgres and Redis, each from the environment or else from a container.</summary>
internal sealed class ServerPair(ITestServer postgres, ITestServer redis) : IAsyncDisposable
{
    /// <summary>Names an account that may create databases.</summary>
    public string Postgres => postgres.ConnectionString;

    public string Redis => redis.ConnectionString;

    /// <param name="environment">Returns the value of a variable.</param>
    public static ServerPair Find(Func<string, string?> environment) => new(
        environment("ConnectionStrings__Postgres") is { Length: > 0 } postgres ? new NamedServer(postgres) : ContainerServer.Postgres(),
        environment("ConnectionStrings__Redis") is { Length: > 0 } redis ? new NamedServer(redis) : ContainerServer.Redis());

    /// <summary>Starts both servers. If one fails, neither is left running.</summary>
    public async Task StartAsync()
    {
        try
        {
            await Task.WhenAll(postgres.StartAsync(), redis.StartAsync());
        }
        catch (Exception error)
        {
            await DisposeAsync();
            throw new InvalidOperationException(
                $"The tests need a real Postgres and a real Redis, and a container did not start: {ReasonOf(error)}\n"
                + "Containers need Docker Engine 25 (API 1.44) or later. Without one, run ./dev test, which finds or installs both servers, "
                + "or set ConnectionStrings__Postgres and ConnectionStrings__Redis.",
                error);
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await postgres.DisposeAsync();
        }
        finally
        {
            await redis.DisposeAsync();
        }
    }

    // Testcontainers says that Docker is not running whatever it was, and buries what the engine said.
    private static string ReasonOf(Exception error) => error switch
    {
        { InnerException: AggregateException all } => string.Join(" ", all.InnerExceptions.Select(ReasonOf).Distinct()),
        { InnerException: { } cause } => $"{error.Message} {ReasonOf(cause)}",
        _ => error.Message,
    };
}

using System.Diagnostics;
using System.Globalization;
using Npgsql;
using UsersApi.Tests.Coherence;

namespace UsersApi.Tests.Chaos;

/// <summary>The API as a process of its own, with a Redis, a Postgres and proxies before both that are this run's alone.</summary>
internal sealed class ApiUnderLoad : IAsyncDisposable
{
    private readonly int _port = LoopbackPort.Free();
    private ServerProcess? _process;

    private ApiUnderLoad()
    {
        RedisLink = new LatentProxy(Redis.Port);
        PostgresLink = new LatentProxy(Postgres.Port);
        Client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{_port}"), Timeout = Patience };
    }

    /// <summary>What takes longer hangs: 10 s for the same request of another, 5 s for a connection and 10 s for an answer are less.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    // As dev's own server is set up: it may fill.
    public RedisOfTheRun Redis { get; } = new("--maxmemory", "256mb", "--maxmemory-policy", "allkeys-lru");

    public PostgresOfTheRun Postgres { get; } = new();

    public LatentProxy RedisLink { get; }

    public LatentProxy PostgresLink { get; }

    public HttpClient Client { get; }

    public int ProcessId => _process!.Ids[0];

    public static async Task<ApiUnderLoad> StartAsync(int users)
    {
        var api = new ApiUnderLoad();
        try
        {
            await api.Redis.StartAsync();
            await api.Postgres.CreateAsync();
            await api.Postgres.StartAsync();
            await api.Postgres.AnswersAsync();
            api._process = await ServerProcess.StartAsync(api.HowToStart(), api._port);
            await api.FillAsync(users);
            return api;
        }
        catch
        {
            await api.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        _process?.Dispose();
        RedisLink.Dispose();
        PostgresLink.Dispose();
        Redis.Dispose();
        Postgres.Dispose();
        return ValueTask.CompletedTask;
    }

    // All limits are those that the application has by itself.
    private ProcessStartInfo HowToStart() => new("dotnet", [Path.Combine(AppContext.BaseDirectory, "UsersApi.dll")])
    {
        Environment =
        {
            ["ASPNETCORE_ENVIRONMENT"] = "Development",
            ["ASPNETCORE_CONTENTROOT"] = AppContext.BaseDirectory,
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{_port}",
            ["ConnectionStrings__Postgres"] = PostgresOfTheRun.ConnectionStringAt(PostgresLink.Port),
            ["ConnectionStrings__Redis"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{RedisLink.Port}"),
            ["Postgres__MigrateOnStart"] = "true",
            ["Logging__LogLevel__Default"] = "Warning",
        },
    };

    private async Task FillAsync(int users)
    {
        const string Insert = """
            INSERT INTO users (id, created_at, updated_at, email, full_name)
            SELECT ('01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, now(), now(), 'user' || n || '@example.com', 'User ' || n
            FROM generate_series(1, $1) AS n
            """;
        await using var source = NpgsqlDataSource.Create(PostgresOfTheRun.ConnectionStringAt(Postgres.Port) + ";Pooling=false");
        await using var command = source.CreateCommand(Insert);
        command.Parameters.Add(new NpgsqlParameter { Value = users });
        await command.ExecuteNonQueryAsync();
    }
}

using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace UsersApi.Data;

/// <summary>Registers Postgres: the data source, the migrations and the health check.</summary>
internal static class PostgresServiceCollectionExtensions
{
    /// <summary>The key of the connections for what belongs to a session: advisory locks and LISTEN.</summary>
    public const string Direct = "direct";

    private const int CancellationMs = 500;
    private const string GssKeyword = "GSS Encryption Mode";

    public static IServiceCollection AddPostgres(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PostgresOptions>()
            .Bind(configuration.GetSection(PostgresOptions.Section))
            .Configure(options =>
            {
                options.ConnectionString = configuration.GetConnectionString("Postgres");
                options.DirectConnectionString = configuration.GetConnectionString("PostgresDirect");
            })
            .ValidateDataAnnotations()
            .Validate(
                options => !options.ReadReplicas || HostsIn(options.ConnectionString).Length > 1,
                "Postgres:ReadReplicas needs several hosts in ConnectionStrings:Postgres, as in Host=a,b.")
            .ValidateOnStart();

        services.AddHosts();
        services.AddOptions<IdempotencyOptions>()
            .Bind(configuration.GetSection(IdempotencyOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IdempotentAnswers>();
        services.AddSingleton(provider => new PostgresTrouble(
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<PostgresTrouble>>()));
        services.AddSingleton<WriteTransactions>();
        services.AddReads();
        services.AddScoped<RequestWrite>();
        services.AddSingleton<MigrationFolder>();
        services.AddSingleton<MigrationRunner>();
        services.AddSingleton<Command>(provider => new MigrateCommand(provider.GetRequiredService<MigrationRunner>));
        services.AddHostedService<MigrateOnStart>();
        services.AddExceptionHandler<PostgresUnavailableHandler>();
        services.AddHealthCheck(configuration);
        return services;
    }

    private static void AddHosts(this IServiceCollection services)
    {
        services.AddSingleton(provider => CreateHosts(provider, OptionsOf(provider).ConnectionString!));
        services.AddKeyedSingleton(Direct, (provider, _) => OptionsOf(provider).DirectConnectionString is { Length: > 0 } direct
            ? CreateHosts(provider, direct)
            : provider.GetRequiredService<PostgresHosts>());
        services.AddSingleton(provider => new PostgresPrimary(provider.GetRequiredService<PostgresHosts>()));
        services.AddKeyedSingleton(
            Direct, (provider, _) => new PostgresPrimary(provider.GetRequiredKeyedService<PostgresHosts>(Direct)));
        services.AddHostedService<PostgresWatch>();
    }

    private static void AddReads(this IServiceCollection services)
    {
        services.AddMetrics();
        services.AddSingleton<ReadMetrics>();
        services.AddSingleton<PrimaryPosition>();
        services.AddSingleton(provider => new ReadRouter(
            provider.GetRequiredService<PostgresHosts>(),
            provider.GetRequiredService<PostgresPrimary>(),
            provider.GetRequiredService<PrimaryPosition>(),
            provider.GetRequiredService<IOptions<PostgresOptions>>(),
            provider.GetRequiredService<ReadMetrics>(),
            provider.GetRequiredService<PostgresTrouble>(),
            provider.GetRequiredService<TimeProvider>()));
    }

    private static void AddHealthCheck(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddHealthChecks();
        services.AddOptions<HealthOptions>().Bind(configuration.GetSection(HealthOptions.Section));
        services.AddSingleton(provider => new RememberedHealthCheck(
            ActivatorUtilities.CreateInstance<PostgresHealthCheck>(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddOptions<HealthCheckServiceOptions>().Configure<IOptions<HealthOptions>>((checks, health) =>
        {
            var status = health.Value.UnhealthyWithoutPostgres ? HealthStatus.Unhealthy : HealthStatus.Degraded;
            checks.Registrations.Add(new HealthCheckRegistration(
                "postgres", provider => provider.GetRequiredService<RememberedHealthCheck>(), status, ["ready"]));
        });

        // By their numbers, since hosts are named in the log alone.
        services.AddOptions<HealthCheckServiceOptions>().Configure(checks =>
        {
            var count = HostsIn(configuration.GetConnectionString("Postgres")).Length;
            foreach (var index in Enumerable.Range(0, count > 1 ? count : 0))
            {
                checks.Registrations.Add(new HealthCheckRegistration(
                    string.Create(CultureInfo.InvariantCulture, $"postgres-host-{index + 1}"),
                    provider => new PostgresHostHealthCheck(provider.GetRequiredService<PostgresHosts>().All[index]),
                    HealthStatus.Degraded,
                    ["ready"]));
            }
        });
    }

    private static PostgresOptions OptionsOf(IServiceProvider services) => services.GetRequiredService<IOptions<PostgresOptions>>().Value;

    private static string[] HostsIn(string? connectionString)
    {
        try
        {
            return new NpgsqlConnectionStringBuilder(connectionString).Host?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        }
        catch (ArgumentException)
        {
            // What is wrong with it is said when it is used: commands that need no database work without.
            return [];
        }
    }

    private static PostgresHosts CreateHosts(IServiceProvider services, string connectionString)
    {
        string[] names = HostsIn(connectionString) is { Length: > 1 } several ? several : [""];
        return new PostgresHosts(
            [.. names.Select(name => new PostgresHost(
                name, CreateDataSource(services, connectionString, name, _ => { }),
                CreateDataSource(services, connectionString, name, OfLooks)))],
            services.GetRequiredService<TimeProvider>());
    }

    // Opened with the first look: a single host is never looked at.
    private static void OfLooks(NpgsqlConnectionStringBuilder connection)
    {
        (connection.MinPoolSize, connection.MaxPoolSize) = (0, 1);
        (connection.Timeout, connection.CommandTimeout) = (1, 1);
    }

    private static NpgsqlDataSource CreateDataSource(
        IServiceProvider services, string connectionString, string host, Action<NpgsqlConnectionStringBuilder> change)
    {
        var options = OptionsOf(services);
        var builder = new NpgsqlDataSourceBuilder(connectionString);
        if (host.Length > 0)
        {
            // What each server is, is found out here.
            (builder.ConnectionStringBuilder.Host, builder.ConnectionStringBuilder.TargetSessionAttributes) = (host, null);
            builder.ConnectionStringBuilder.LoadBalanceHosts = false;
        }

        // What its metrics are named by: else it is the connection string.
        builder.Name = "users";
        builder.UseLoggerFactory(services.GetRequiredService<ILoggerFactory>());
        builder.ConnectionStringBuilder.ApplicationName ??= "UsersApi";
        builder.ConnectionStringBuilder.Timeout = (int)options.ConnectTimeout.TotalSeconds;
        builder.ConnectionStringBuilder.CommandTimeout = (int)options.CommandTimeout.TotalSeconds;

        // A server that hangs does not hear that a command is cancelled either: it is not waited for much longer.
        builder.ConnectionStringBuilder.CancellationTimeout = CancellationMs;

        // Npgsql would try GSS at each start, and .NET would complain on standard error where the library for it is missing.
        if (!builder.ConnectionStringBuilder.ShouldSerialize(GssKeyword) && Environment.GetEnvironmentVariable("PGGSSENCMODE") is null)
        {
            builder.ConnectionStringBuilder.GssEncryptionMode = GssEncryptionMode.Disable;
        }

        change(builder.ConnectionStringBuilder);
        return builder.Build();
    }
}

using System.CommandLine;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace UsersApi.Data;

/// <summary>Registers Postgres: the data source, the migrations and the health check.</summary>
internal static class PostgresServiceCollectionExtensions
{
    /// <summary>The key of the data source for what belongs to a session: advisory locks and LISTEN.</summary>
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
            .ValidateOnStart();

        services.AddSingleton(services => CreateDataSource(services, OptionsOf(services).ConnectionString!));
        services.AddKeyedSingleton(Direct, (services, _) => OptionsOf(services).DirectConnectionString is { Length: > 0 } direct
            ? CreateDataSource(services, direct)
            : services.GetRequiredService<NpgsqlDataSource>());
        services.AddOptions<IdempotencyOptions>()
            .Bind(configuration.GetSection(IdempotencyOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IdempotentAnswers>();
        services.AddSingleton<WriteTransactions>();
        services.AddScoped<RequestWrite>();
        services.AddSingleton<MigrationFolder>();
        services.AddSingleton<MigrationRunner>();
        services.AddSingleton<Command>(provider => new MigrateCommand(provider.GetRequiredService<MigrationRunner>));
        services.AddHostedService<MigrateOnStart>();
        services.AddExceptionHandler<PostgresUnavailableHandler>();
        services.AddHealthCheck(configuration);
        return services;
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
    }

    private static PostgresOptions OptionsOf(IServiceProvider services) => services.GetRequiredService<IOptions<PostgresOptions>>().Value;

    private static NpgsqlDataSource CreateDataSource(IServiceProvider services, string connectionString)
    {
        var options = OptionsOf(services);
        var builder = new NpgsqlDataSourceBuilder(connectionString);
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

        return builder.Build();
    }
}

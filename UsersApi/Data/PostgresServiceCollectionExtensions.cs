using System.CommandLine;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace UsersApi.Data;

/// <summary>Registers Postgres: the data source, the migrations and the health check.</summary>
internal static class PostgresServiceCollectionExtensions
{
    private const int CancellationMs = 500;
    private const string GssKeyword = "GSS Encryption Mode";

    public static IServiceCollection AddPostgres(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PostgresOptions>()
            .Bind(configuration.GetSection(PostgresOptions.Section))
            .Configure(options => options.ConnectionString = configuration.GetConnectionString("Postgres"))
            .ValidateDataAnnotations()
            .ValidateOnStart();

        services.AddSingleton(CreateDataSource);
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

    private static NpgsqlDataSource CreateDataSource(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<PostgresOptions>>().Value;
        var builder = new NpgsqlDataSourceBuilder(options.ConnectionString);
        // What its metrics are named by: else it is the connection string.
        builder.Name = "users";
        builder.UseLoggerFactory(services.GetRequiredService<ILoggerFactory>());
        builder.ConnectionStringBuilder.ApplicationName ??= "UsersApi";
        builder.ConnectionStringBuilder.Timeout = options.ConnectTimeoutSeconds;
        builder.ConnectionStringBuilder.CommandTimeout = options.CommandTimeoutSeconds;

        // A server that hangs does not hear that a command is cancelled either: it is not waited for much longer.
        builder.ConnectionStringBuilder.CancellationTimeout = CancellationMs;

        // Npgsql would try GSS at each start, and .NET would complain on standard error where the library for it is missing.
        if (!builder.ConnectionStringBuilder.ShouldSerialize(GssKeyword) && Environment.GetEnvironmentVariable("PGGSSENCMODE") is null)
        {
            builder.ConnectionStringBuilder.GssEncryptionMode = GssEncryptionMode.Disable;
        }

        // What is written through here evicts by itself; to wake the relay for it too would make concurrent writers wait in line.
        builder.ConnectionStringBuilder.Options = $"{builder.ConnectionStringBuilder.Options} -c outbox.notify=off".TrimStart();
        return builder.Build();
    }
}

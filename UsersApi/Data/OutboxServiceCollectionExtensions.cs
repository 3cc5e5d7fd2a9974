namespace UsersApi.Data;

/// <summary>Registers the relay of the outbox, and what settles the rows of this node's own writes.</summary>
internal static class OutboxServiceCollectionExtensions
{
    /// <param name="services">Where to register.</param>
    /// <param name="configuration">Has the section <c>Outbox</c>.</param>
    /// <param name="evictor">Makes what evicts the tags.</param>
    public static IServiceCollection AddOutbox(
        this IServiceCollection services, IConfiguration configuration, Func<IServiceProvider, EvictTags> evictor)
    {
        services.AddOptions<OutboxOptions>().Bind(configuration.GetSection(OutboxOptions.Section))
            .ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton(evictor);
        services.AddHostedService<OutboxRelay>();
        services.AddSingleton<OutboxSettler>();
        services.AddHostedService(provider => provider.GetRequiredService<OutboxSettler>());
        return services;
    }
}

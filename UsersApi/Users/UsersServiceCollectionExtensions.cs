using Microsoft.AspNetCore.Mvc;
using UsersApi.Hosting;

namespace UsersApi.Users;

/// <summary>Registers the feature.</summary>
internal static class UsersServiceCollectionExtensions
{
    public static IServiceCollection AddUsers(this IServiceCollection services)
    {
        services.AddSingleton<UserRepository>();
        services.AddSingleton<UserSeeder>();

        // Lazily: to list the commands, no database needs to be configured.
        services.AddSingleton<ICommand>(provider =>
            new SeedCommand(new(provider.GetRequiredService<UserSeeder>), provider.GetRequiredService<TimeProvider>()));
        services.Configure<JsonOptions>(json => json.JsonSerializerOptions.TypeInfoResolverChain.Insert(0, UsersJsonContext.Default));
        services.Configure<MvcOptions>(mvc => mvc.OutputFormatters.Insert(0, new UserJsonFormatter()));
        return services;
    }
}

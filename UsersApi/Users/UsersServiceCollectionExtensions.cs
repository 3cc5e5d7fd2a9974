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
        services.AddSingleton<ICommand, SeedCommand>();
        services.Configure<JsonOptions>(json => json.JsonSerializerOptions.TypeInfoResolverChain.Insert(0, UsersJsonContext.Default));
        return services;
    }
}

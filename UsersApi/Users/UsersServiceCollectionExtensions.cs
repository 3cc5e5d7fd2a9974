using System.CommandLine;
using Microsoft.AspNetCore.Mvc;
using Spectre.Console;

namespace UsersApi.Users;

/// <summary>Registers the feature.</summary>
internal static class UsersServiceCollectionExtensions
{
    public static IServiceCollection AddUsers(this IServiceCollection services)
    {
        services.AddSingleton<UserIds>();
        services.AddSingleton<UserRepository>();
        services.AddSingleton<UserSeeder>();
        services.AddSingleton<Command>(provider => new SeedCommand(provider.GetRequiredService<UserSeeder>, AnsiConsole.Console));
        services.Configure<JsonOptions>(json => json.JsonSerializerOptions.TypeInfoResolverChain.Insert(0, UsersJsonContext.Default));
        services.Configure<MvcOptions>(mvc => mvc.OutputFormatters.Insert(0, new UserJsonFormatter()));
        return services;
    }
}

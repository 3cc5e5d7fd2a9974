using UsersApi.Tests.Host;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

/// <summary>Seeds as the command does.</summary>
internal static class Seeding
{
    public static Task<long> SeedAsync(UsersApiHost api, long count, bool ifEmpty = false) =>
        api.Services.GetRequiredService<UserSeeder>().SeedAsync(count, ifEmpty, new Progress<double>(), CancellationToken.None);
}

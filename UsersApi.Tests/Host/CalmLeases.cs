using StackExchange.Redis;

namespace UsersApi.Tests.Host;

/// <summary>
/// The first write of a cluster waits for leases that may have been given before anybody counted them. Nobody ever held one
/// below a prefix that a test has just made up, so the test says so, and its writes need not wait.
/// </summary>
internal static class CalmLeases
{
    public static async Task DeclareAsync(IServiceProvider services)
    {
        if (services.GetService<VersionScripts>() is not { } scripts)
        {
            return;
        }

        try
        {
            var inc = await scripts.RenewAsync("", 0, "", []);
            await scripts.RenewAsync("", 0, inc, []);
        }
        catch (RedisException)
        {
            // Not to be reached, which is what the test is about.
        }
    }
}

using StackExchange.Redis;

namespace UsersApi.Bench.Subjects;

/// <summary>The subjects without MVC: what the server, and Redis, cost by themselves.</summary>
internal static class RawEndpoints
{
    public const string Path = "/api/v1/users";

    /// <summary>Not even routing.</summary>
    public static void MapPlaintext(WebApplication app, SubjectSettings settings)
    {
        var body = settings.ReadBody();
        app.Run(context => context.Request.Path == SubjectStats.Path
            ? SubjectStats.WriteAsync(context)
            : BytesResult.WriteAsync(context.Response, body));
    }

    /// <summary>One GET a request, of one key.</summary>
    public static void MapRawGet(WebApplication app, SubjectSettings settings)
    {
        var redis = app.Services.GetRequiredService<IDatabase>();
        RedisKey key = RedisServiceCollectionExtensions.KeyPrefix + "raw";
        redis.StringSet(key, settings.ReadBody());
        app.MapGet(Path, async context =>
        {
            using var lease = await redis.StringGetLeaseAsync(key);
            await BytesResult.WriteAsync(context.Response, lease!.Memory);
        });
    }
}

using Microsoft.AspNetCore.OutputCaching;
using UsersApi.Caching;

namespace UsersApi.Bench.Subjects;

/// <summary>One way to answer the same requests.</summary>
/// <param name="AddServices">What it adds to the host that all subjects share.</param>
/// <param name="Map">Its pipeline.</param>
internal sealed record Subject(Action<WebApplicationBuilder, SubjectSettings> AddServices, Action<WebApplication, SubjectSettings> Map)
{
    public static readonly Dictionary<string, Subject> All = new()
    {
        [SubjectNames.RedisCached] = OfMvc((builder, _) => builder.AddRedisCachedUsers(CacheModes.Strict)),
        [SubjectNames.RedisCachedFast] = new((builder, _) => builder.AddRedisCachedUsers(CacheModes.Strict), MapEarly),
        [SubjectNames.RedisCachedLocal] = new((builder, _) => builder.AddRedisCachedUsers(CacheModes.Local), MapEarly),
        [SubjectNames.OutputCacheMemory] = new((builder, settings) => builder.AddOutputCachedUsers(settings), MapOutputCached),
        [SubjectNames.OutputCacheRedis] = new(AddOutputCacheRedis, MapOutputCached),
        [SubjectNames.PlainFilter] = OfMvc((builder, _) => builder.AddPlainFilteredUsers()),
        [SubjectNames.NoCache] = OfMvc((builder, _) => builder.AddUncachedUsers()),
        [SubjectNames.ConstMvc] = OfMvc((builder, settings) => builder.AddConstant(settings)),
        [SubjectNames.Plaintext] = new((_, _) => { }, RawEndpoints.MapPlaintext),
        [SubjectNames.RawGet] = new((builder, _) => builder.AddRedis(), RawEndpoints.MapRawGet),
        [SubjectNames.RawNpgsql] = new((_, _) => { }, (app, _) => app.MapGet(RawEndpoints.Path, RawNpgsql.ListAsync)),
    };

    // Routing and MVC, and nothing else in the pipeline: what they cost, all of these pay.
    private static Subject OfMvc(Action<WebApplicationBuilder, SubjectSettings> addServices) => new(addServices, (app, _) => app.MapControllers());

    private static void MapEarly(WebApplication app, SubjectSettings settings) => app.MapControllers().WithEarlyHits();

    private static void AddOutputCacheRedis(WebApplicationBuilder builder, SubjectSettings settings)
    {
        builder.AddRedis();
        builder.AddOutputCachedUsers(settings).AddSingleton<IOutputCacheStore, RedisOutputCacheStore>();
    }

    private static void MapOutputCached(WebApplication app, SubjectSettings settings)
    {
        app.UseOutputCache();
        if (settings.IsCompressed)
            app.UseResponseCompression();

        app.MapControllers();
    }
}

using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.OutputCaching;
using Npgsql;
using StackExchange.Redis;
using UsersApi.Caching;
using UsersApi.Caching.Operations;
using UsersApi.Telemetry;

namespace UsersApi.Bench.Subjects;

/// <summary>One way to answer the same requests.</summary>
/// <param name="Peer">What is measured: a service, whose implementation counts, or a type by itself.</param>
/// <param name="AddServices">What it adds to the host that all subjects share.</param>
/// <param name="Map">Its pipeline.</param>
internal sealed record Subject(Type Peer, Action<WebApplicationBuilder, SubjectSettings> AddServices, Action<WebApplication, SubjectSettings> Map)
{
    public static readonly Dictionary<string, Subject> All = new()
    {
        [SubjectNames.RedisCached] = Early(CacheModes.Leases),
        [SubjectNames.RedisCachedInMvc] = OfMvc(typeof(RedisCachedAttribute), (builder, _) => builder.AddRedisCachedUsers(CacheModes.Leases)),
        [SubjectNames.RedisCachedNoLeases] = Early(CacheModes.NoLeases),
        [SubjectNames.RedisCachedDesk] = Watched(CacheModes.Leases),
        [SubjectNames.RedisCachedMetrics] = Watched(CacheModes.Metrics),
        [SubjectNames.RedisCachedTraces] = Watched(CacheModes.Traces),
        [SubjectNames.OutputCacheMemory] = new(typeof(IOutputCacheStore), (builder, settings) => builder.AddOutputCachedUsers(settings), MapOutputCached),
        [SubjectNames.OutputCacheRedis] = new(typeof(IOutputCacheStore), AddOutputCacheRedis, MapOutputCached),
        [SubjectNames.PlainFilter] = OfMvc(typeof(IConnectionMultiplexer), (builder, _) => builder.AddPlainFilteredUsers()),
        [SubjectNames.NoCache] = OfMvc(typeof(NpgsqlDataSource), (builder, _) => builder.AddUncachedUsers()),
        [SubjectNames.ConstMvc] = OfMvc(typeof(ControllerBase), (builder, settings) => builder.AddConstant(settings)),
        [SubjectNames.Plaintext] = new(typeof(Microsoft.AspNetCore.Hosting.Server.IServer), (_, _) => { }, RawEndpoints.MapPlaintext),
        [SubjectNames.RawGet] = new(typeof(IConnectionMultiplexer), (builder, _) => builder.AddRedis(), RawEndpoints.MapRawGet),
        [SubjectNames.RawNpgsql] = new(typeof(NpgsqlDataSource), (_, _) => { }, (app, _) => app.MapGet(RawEndpoints.Path, RawNpgsql.ListAsync)),
    };

    /// <summary>The peer's package and version, as its assembly says them.</summary>
    public string PackageIn(IServiceProvider services)
    {
        var assembly = (services.GetService(Peer)?.GetType() ?? Peer).Assembly;
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion.Split('+');
        return $"{assembly.GetName().Name} {version[0]}{(version.Length > 1 ? $"+{version[1][..Math.Min(version[1].Length, 9)]}" : "")}";
    }

    // As UsersApi maps it.
    private static Subject Early(Dictionary<string, string?> mode) => new(
        typeof(RedisCachedAttribute), (builder, _) => builder.AddRedisCachedUsers(mode), (app, _) => app.MapControllers().WithEarlyHits());

    // As UsersApi is observed.
    private static Subject Watched(Dictionary<string, string?> mode) => Early(mode) with
    {
        AddServices = (builder, _) =>
        {
            builder.AddRedisCachedUsers(mode);
            builder.Services.AddRedisCachedOperations();
            builder.Services.AddTelemetry(builder.Configuration);
        },
    };

    // Routing and MVC, and nothing else in the pipeline: what they cost, all of these pay.
    private static Subject OfMvc(Type peer, Action<WebApplicationBuilder, SubjectSettings> addServices) =>
        new(peer, addServices, (app, _) => app.MapControllers());

    private static void AddOutputCacheRedis(WebApplicationBuilder builder, SubjectSettings settings)
    {
        builder.AddOutputCachedUsers(settings).AddStackExchangeRedisOutputCache(options =>
        {
            options.ConfigurationOptions = builder.RedisOptions();
            options.InstanceName = RedisServiceCollectionExtensions.KeyPrefix + "output:";
        });
    }

    private static void MapOutputCached(WebApplication app, SubjectSettings settings)
    {
        app.UseOutputCache();
        if (settings.IsCompressed)
            app.UseResponseCompression();

        app.MapControllers();
    }
}

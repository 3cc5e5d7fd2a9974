namespace UsersApi.Bench.Subjects;

/// <summary>The subjects' names, as they stand in tables and results.</summary>
internal static class SubjectNames
{
    public const string RedisCached = "redis-cached";
    public const string RedisCachedInMvc = "redis-cached-in-mvc";
    public const string RedisCachedNoLeases = "redis-cached-no-leases";
    public const string RedisCachedDesk = "redis-cached-desk";
    public const string RedisCachedMetrics = "redis-cached-metrics";
    public const string RedisCachedTraces = "redis-cached-traces";
    public const string OutputCacheMemory = "output-cache-memory";
    public const string OutputCacheRedis = "output-cache-redis";
    public const string PlainFilter = "plain-filter";
    public const string NoCache = "no-cache";
    public const string ConstMvc = "const-mvc";
    public const string Plaintext = "plaintext";
    public const string RawGet = "raw-get";
    public const string RawNpgsql = "raw-npgsql";
}

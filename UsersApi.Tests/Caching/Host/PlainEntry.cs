namespace UsersApi.Tests.Caching.Host;

/// <summary>An entry with nothing special about it.</summary>
internal static class PlainEntry
{
    public static CacheEntry Of(string key, byte[] body, bool mayCompress = false) => new()
    {
        Key = key,
        Action = "a",
        Status = 200,
        Stored = 0,
        FreshUntil = 1,
        Stamp = new Stamp("e", ["v"]),
        ETag = "\"e\"",
        OwnsETag = true,
        MayCompress = mayCompress,
        Headers = [],
        Length = body.Length,
        Body = body,
    };
}

namespace UsersApi.Caching.Pipeline;

/// <summary>Told of each fresh hit before it is sent, on the request's own thread: what takes time has to go elsewhere.</summary>
internal interface IHitObserver
{
    void Hit(CachedRequest request, CacheEntry entry);
}

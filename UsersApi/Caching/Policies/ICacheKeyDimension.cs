namespace UsersApi.Caching.Policies;

/// <summary>
/// Something that selects responses besides their URI, such as a tenant or a feature flag: register one with
/// <c>services.AddSingleton&lt;ICacheKeyDimension, ...&gt;()</c>, and its value becomes a part of every key, as a hash.
/// </summary>
public interface ICacheKeyDimension
{
    /// <summary>Its name in keys, equal on all nodes.</summary>
    string Name { get; }

    /// <summary>
    /// Its value for a request, after authentication, routing and binding; null where it says nothing. A response for which there is one
    /// leaves with <c>no-cache</c>, since no header tells clients and shared caches what has selected it.
    /// </summary>
    string? ValueOf(HttpContext http);
}

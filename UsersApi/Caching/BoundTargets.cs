using System.Collections.Concurrent;

namespace UsersApi.Caching;

/// <summary>What binding made of a request target.</summary>
/// <param name="Draft">The part of the key that it settles.</param>
/// <param name="Tags">The tags of the response.</param>
/// <param name="PlainKey">The whole key where nothing but the URI selects the response.</param>
internal sealed record BoundTarget(KeyDraft Draft, IReadOnlyList<string> Tags, string PlainKey);

/// <summary>
/// Remembers what request targets were bound to, so that the same target needs no binding again: two generations of some megabytes, of which
/// the older one goes when the younger is full, and what is still in use moves on.
/// </summary>
internal sealed class BoundTargets
{
    private const int BytesPerGeneration = 16 * 1024 * 1024;
    private const int MaxBytes = 8 * 1024;

    private ConcurrentDictionary<Target, BoundTarget> _young = new();
    private ConcurrentDictionary<Target, BoundTarget> _old = new();
    private int _bytes;

    public BoundTarget? Find(CachePolicy policy, HttpRequest request)
    {
        var target = Of(policy, request);
        if (_young.TryGetValue(target, out var bound))
            return bound;

        if (_old.TryGetValue(target, out bound))
            Add(target, bound);

        return bound;
    }

    public void Remember(CachePolicy policy, HttpRequest request, BoundTarget bound)
    {
        var target = Of(policy, request);
        if (SizeOf(target, bound) <= MaxBytes)
            Add(target, bound);
    }

    private void Add(Target target, BoundTarget bound)
    {
        if (!_young.TryAdd(target, bound) || Interlocked.Add(ref _bytes, SizeOf(target, bound)) < BytesPerGeneration)
            return;

        _bytes = 0;
        _old = Interlocked.Exchange(ref _young, new());
    }

    // Roughly: characters, and what carries them.
    private static int SizeOf(Target target, BoundTarget bound) => 512
        + (2 * (target.Scheme.Length + target.Host.Length + target.Base.Length + target.Path.Length + target.Query.Length))
        + (2 * (bound.PlainKey.Length + bound.Draft.Text.Length + bound.Draft.Path.Length));

    // As routing and binding see them: middleware may have changed what the client sent.
    private static Target Of(CachePolicy policy, HttpRequest request) => new(
        policy, request.Scheme, request.Host.Value ?? "", request.PathBase.Value ?? "", request.Path.Value ?? "", request.QueryString.Value ?? "");

    private readonly record struct Target(CachePolicy Policy, string Scheme, string Host, string Base, string Path, string Query);
}

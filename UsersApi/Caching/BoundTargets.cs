namespace UsersApi.Caching;

/// <summary>What binding made of a request target.</summary>
/// <param name="Draft">The part of the key that it settles.</param>
/// <param name="Tags">The tags of the response.</param>
/// <param name="PlainKey">The whole key where nothing but the URI selects the response.</param>
internal sealed record BoundTarget(KeyDraft Draft, IReadOnlyList<string> Tags, string PlainKey);

/// <summary>Remembers what request targets were bound to, so that the same target needs no binding again: some megabytes of the hot ones.</summary>
internal sealed class BoundTargets
{
    private const int MostBytes = 32 * 1024 * 1024;
    private const int MostBytesOfOne = 8 * 1024;

    private readonly ClockCache<Target, BoundTarget> _targets = new(MostBytes);

    public BoundTarget? Find(CachePolicy policy, HttpRequest request) => _targets.Find(Of(policy, request));

    public void Remember(CachePolicy policy, HttpRequest request, BoundTarget bound)
    {
        var target = Of(policy, request);
        if (SizeOf(target, bound) is <= MostBytesOfOne and var size)
            _targets.Put(target, bound, size);
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

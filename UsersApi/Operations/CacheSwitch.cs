using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using UsersApi.Caching.Policies;

namespace UsersApi.Caching.Operations;

/// <summary>Switches the cache of this node off and on, on top of what the configuration says: a cache is on where both are.</summary>
internal sealed class CacheSwitch : IPostConfigureOptions<RedisCachedOptions>, IOptionsChangeTokenSource<RedisCachedOptions>, IDisposable
{
    private volatile bool _isOff;
    private CancellationTokenSource _changed = new();

    public string? Name => Options.DefaultName;

    public bool IsOff => _isOff;

    public void Set(bool isOff)
    {
        if (_isOff == isOff)
            return;

        _isOff = isOff;
        using var before = Interlocked.Exchange(ref _changed, new CancellationTokenSource());
        before.Cancel();
    }

    public void PostConfigure(string? name, RedisCachedOptions options) => options.Enabled &= !_isOff;

    public IChangeToken GetChangeToken() => new CancellationChangeToken(Volatile.Read(ref _changed).Token);

    public void Dispose() => _changed.Dispose();
}

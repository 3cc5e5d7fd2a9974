namespace UsersApi.Caching.Pipeline;

/// <summary>How an unsafe action speaks of what it changed: <c>HttpContext.Features.Get&lt;RedisCacheEvictFeature&gt;()</c>.</summary>
public sealed class RedisCacheEvictFeature
{
    internal bool IsUnchanged { get; private set; }

    internal Action? Evicted { get; private set; }

    /// <summary>What is evicted by now, or owed; null while the action, or a result that runs code, may change more.</summary>
    internal IReadOnlyCollection<string>? Tags { get; set; }

    /// <summary>Nothing was changed, whatever the response says: nothing is evicted. A 4xx says so by itself.</summary>
    public void ChangedNothing() => IsUnchanged = true;

    /// <summary>Called once no node serves any more what this action made outdated; never, where that could not be made sure.</summary>
    public void OnEvicted(Action action) => Evicted += action;
}

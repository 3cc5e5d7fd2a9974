using StackExchange.Redis;

namespace UsersApi.Caching.Flights;

/// <summary>
/// Lets one node of the cluster compute a response while the others wait until it is stored. A claim saves runs of actions, and nothing
/// else depends on it: whoever computed a response, it is served only under its stamp.
/// </summary>
/// <remarks>
/// <code>
/// {KeyPrefix}v3:{build}:claim:{hash of action, stamp and key}   the claimant's random token; empty where nobody needs to wait for anybody
/// </code>
/// Format and build are in it, since nodes of another one can't read what the claimant will store.
/// </remarks>
internal sealed class ClusterClaims(ScriptRunner runner, IOptions<RedisCachedOptions> options, TimeProvider time)
{
    private static readonly string Claim = VersionScripts.Text("claim");

    private readonly string _prefix = CacheEntryFormat.KeyPrefixOf(options.Value) + "claim:";

    // Those who wait for a node that died still have time for the next one.
    private readonly int _lifeMs = (int)options.Value.CollapseWait.TotalMilliseconds / 2;

    /// <summary>Claims a computation.</summary>
    /// <returns>
    /// The claim, or that another node has it. Neither, where Redis is away, or where the response could not be stored a short while ago:
    /// whoever asks computes it then.
    /// </returns>
    public async Task<(ClusterClaim? Own, bool IsOthers)> TakeAsync(string flightKey)
    {
        if (runner.IsLeftAlone || _lifeMs == 0)
            return default;

        var key = _prefix + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(flightKey)).AsSpan(0, 16));
        var claim = new ClusterClaim(runner, key, RandomToken.New());
        try
        {
            var holder = await runner.RunAsync(Claim, [key], [claim.Token, _lifeMs])
                .WaitAsync(options.Value.VersionsTimeout, time);
            return holder.IsNull ? (claim, false) : (null, (string?)holder is not "");
        }
        catch (Exception error)
        {
            runner.NoteFailure(error);
            // It may have got through all the same.
            claim.Dispose();
            return default;
        }
    }
}

/// <summary>A claim of this node, which is given back once, in the background; one that can't be given back runs out.</summary>
internal sealed class ClusterClaim(ScriptRunner runner, RedisKey key, string token) : IDisposable
{
    private static readonly string Release = VersionScripts.Text("release");

    private int _isReleased;

    public string Token => token;

    /// <summary>Whether the response could not be stored: those who wait compute theirs at the same time, not one after another.</summary>
    public bool IsForNobody { get; set; }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isReleased, 1) == 0)
            _ = ReleaseAsync();
    }

    private async Task ReleaseAsync()
    {
        var unneededMs = IsForNobody ? (int)CacheFlights.UncacheableFor.TotalMilliseconds : 0;
        await ((Task)runner.RunAsync(Release, [key], [token, unneededMs])).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

using System.ComponentModel.DataAnnotations;
using UsersApi.Caching.Policies;

namespace UsersApi.Caching.Operations;

/// <summary>The canary's settings, in the section of the cache.</summary>
public sealed class CanaryOptions
{
    public const string Section = RedisCachedOptions.Section;

    /// <summary>
    /// Of a thousand hits, how many run their action again in the background, to compare its response with the stored one: 0 (off) to
    /// 1,000. Each costs what a miss costs; four run at a time at most.
    /// </summary>
    [Range(0, 1_000)]
    public int CanaryPermille { get; set; }
}

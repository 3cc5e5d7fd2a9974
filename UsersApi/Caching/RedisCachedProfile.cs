using System.ComponentModel.DataAnnotations;

namespace UsersApi.Caching;

/// <summary>Settings that several cached actions share; null leaves the word to the next in line.</summary>
public sealed class RedisCachedProfile
{
    internal const int MaxSeconds = 31_536_000;

    /// <inheritdoc cref="RedisCachedAttribute.Seconds"/>
    [Range(1, MaxSeconds)]
    public int? Seconds { get; set; }

    /// <inheritdoc cref="RedisCachedAttribute.ClientSeconds"/>
    [Range(0, MaxSeconds)]
    public int? ClientSeconds { get; set; }

    /// <inheritdoc cref="RedisCachedAttribute.StaleSeconds"/>
    [Range(0, MaxSeconds)]
    public int? StaleSeconds { get; set; }

    /// <inheritdoc cref="RedisCachedAttribute.StaleIfErrorSeconds"/>
    [Range(0, MaxSeconds)]
    public int? StaleIfErrorSeconds { get; set; }

    /// <inheritdoc cref="RedisCachedAttribute.LocalSeconds"/>
    [Range(0, 3_600)]
    public int? LocalSeconds { get; set; }

    /// <inheritdoc cref="RedisCachedAttribute.Audience"/>
    public CacheAudience? Audience { get; set; }

    /// <inheritdoc cref="RedisCachedAttribute.Vary"/>
    public string[]? Vary { get; set; }

    /// <inheritdoc cref="RedisCachedAttribute.StatusCodes"/>
    public int[]? StatusCodes { get; set; }

    internal RedisCachedProfile Or(RedisCachedProfile? next) => next is null ? this : new()
    {
        Seconds = Seconds ?? next.Seconds,
        ClientSeconds = ClientSeconds ?? next.ClientSeconds,
        StaleSeconds = StaleSeconds ?? next.StaleSeconds,
        StaleIfErrorSeconds = StaleIfErrorSeconds ?? next.StaleIfErrorSeconds,
        LocalSeconds = LocalSeconds ?? next.LocalSeconds,
        Audience = Audience ?? next.Audience,
        Vary = Vary ?? next.Vary,
        StatusCodes = StatusCodes ?? next.StatusCodes,
    };
}

using System.Security.Claims;

namespace UsersApi.Caching.Policies;

/// <summary>What selects a response besides its URI: headers, culture, user.</summary>
internal sealed class KeyDimensions(IOptions<RedisCachedOptions> options)
{
    private readonly byte[] _secret =
        options.Value.KeySecret is { } secret ? Encoding.UTF8.GetBytes(secret) : RandomNumberGenerator.GetBytes(32);

    public IReadOnlyList<string> Of(CachePolicy policy, HttpContext http)
    {
        // Most responses are selected by their URI alone.
        if (policy.Vary.Count == 0 && !policy.Accept.IsNegotiated && policy.Audience is not CacheAudience.PerUser
            && CultureInfo.CurrentCulture.Name.Length + CultureInfo.CurrentUICulture.Name.Length == 0)
        {
            return [];
        }

        var parts = new List<string>();
        foreach (var name in policy.Vary)
            CacheKeyPlan.WriteRawHeader(parts, name, http.Request);

        policy.Accept.Write(parts, http.Request);
        WriteCulture(parts);
        if (policy.Audience is CacheAudience.PerUser && SubjectOf(http.User) is { } subject)
            parts.Add("@user=" + HashOf(subject));

        return parts;
    }

    /// <summary>The claim that names the user; null where there is none.</summary>
    public static Claim? SubjectOf(ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true }
        ? user.FindFirst("sub") ?? user.FindFirst(ClaimTypes.NameIdentifier)
        : null;

    // A culture is told by name, and left out where it is the invariant one.
    private static void WriteCulture(List<string> parts)
    {
        var (culture, language) = (CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name);
        if (culture.Length + language.Length > 0)
        {
            parts.Add($"@culture={KeyText.Escaped(culture)}/{KeyText.Escaped(language)}");
        }
    }

    /// <summary>A keyed hash, so that nobody who reads Redis can try out subjects.</summary>
    private string HashOf(Claim subject)
    {
        // The length keeps issuer and subject apart.
        var text = $"{subject.Issuer.Length}:{subject.Issuer}{subject.Value}";
        return Convert.ToHexStringLower(HMACSHA256.HashData(_secret, Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));
    }
}

using System.Security.Claims;

namespace UsersApi.Caching.Policies;

/// <summary>
/// Completes a key by what selects a response besides its URI: headers, culture, user, and what the application adds. The names stand
/// in the key, the values in a keyed hash: a header may be a token, and nobody who reads Redis shall try out subjects.
/// </summary>
internal sealed class KeyDimensions(IOptions<RedisCachedOptions> options, IEnumerable<ICacheKeyDimension> others)
{
    // Without a secret, what is for one user alone is for this process alone.
    private readonly byte[] _secret = SecretOf(options.Value) ?? RandomNumberGenerator.GetBytes(32);
    private readonly byte[] _sharedSecret = SecretOf(options.Value) ?? "UsersApi.Caching"u8.ToArray();
    private readonly ICacheKeyDimension[] _others = [.. others];

    /// <summary>The key of a request.</summary>
    /// <param name="policy">The rules of its action.</param>
    /// <param name="draft">What its arguments settle.</param>
    /// <param name="dimensions">What <see cref="PartsOf"/> brought before the action ran.</param>
    /// <param name="request">The request.</param>
    /// <param name="selecting">The headers that responses of this very resource were seen to name in <c>Vary</c>.</param>
    public string KeyOf(
        CachePolicy policy, KeyDraft draft, IReadOnlyList<string> dimensions, HttpRequest request, IReadOnlyList<string> selecting)
    {
        // Most responses are selected by their URI alone.
        if (dimensions.Count + selecting.Count == 0)
            return policy.Key.Capped(draft.Text);

        var parts = new List<string>(dimensions);
        foreach (var name in selecting)
            CacheKeyPlan.WriteRawHeader(parts, name, request);

        parts.Sort(StringComparer.Ordinal);
        var names = parts.Select(part => part.Split('=')[0]);
        var secret = policy.IsForOneUser ? _secret : _sharedSecret;
        var hash = HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(string.Join('\n', parts))).AsSpan(0, 16);
        var section = $"{string.Join('&', names)}~{Convert.ToHexStringLower(hash)}";
        return policy.Key.Capped($"{draft.Text}{(draft.HasArguments ? ":" : "::")}{section}");
    }

    /// <summary>Whether something of the application's own selects this response, of which no header tells.</summary>
    public bool HaveOwnFor(HttpContext http) => Array.Exists(_others, other => other.ValueOf(http) is not null);

    /// <summary>The claim that names the user; null where there is none.</summary>
    public static Claim? SubjectOf(ClaimsPrincipal user) => user.Identity is { IsAuthenticated: true }
        ? user.FindFirst("sub") ?? user.FindFirst(ClaimTypes.NameIdentifier)
        : null;

    /// <summary>What selects a response now: the action may change it.</summary>
    public IReadOnlyList<string> PartsOf(CachePolicy policy, KeyDraft draft, HttpContext http)
    {
        var parts = new List<string>(draft.Hashed);
        if (policy.SharesPath)
            Add(parts, "@action", policy.ActionId);

        foreach (var name in policy.Settings.Vary)
            CacheKeyPlan.WriteRawHeader(parts, name, http.Request);

        policy.Accept.Write(parts, http.Request);
        // A culture is told by name, and left out where it is the invariant one.
        if (CultureInfo.CurrentCulture.Name.Length + CultureInfo.CurrentUICulture.Name.Length > 0)
            Add(parts, "@culture", CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name);

        if (policy.Settings.Audience is CacheAudience.PerUser && SubjectOf(http.User) is { } subject)
            Add(parts, "@user", subject.Subject?.AuthenticationType ?? "", subject.Issuer, subject.Value);

        foreach (var type in policy.Settings.VaryByClaims)
        {
            // In their order, which the action sees too.
            Add(parts, "@claim:" + KeyText.Escaped(type), http.User.FindAll(type).Select(claim => claim.Value));
        }

        foreach (var other in _others)
        {
            if (other.ValueOf(http) is { } value)
                Add(parts, "@" + KeyText.Escaped(other.Name), value);
        }

        return parts;
    }

    private static void Add(List<string> parts, string name, params IEnumerable<string> values) =>
        parts.Add($"{name}={string.Concat(values.Select(value => "/" + KeyText.Escaped(value)))}");

    private static byte[]? SecretOf(RedisCachedOptions options) =>
        options.KeySecret is { } secret ? Encoding.UTF8.GetBytes(secret) : null;
}

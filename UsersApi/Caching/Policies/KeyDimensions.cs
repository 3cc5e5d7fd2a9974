using System.Security.Claims;
using Microsoft.AspNetCore.Localization;

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
    private readonly (string, string) _ownCulture = CultureNames;

    private static (string Culture, string UI) CultureNames => (CultureInfo.CurrentCulture.Name, CultureInfo.CurrentUICulture.Name);

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

    /// <summary>
    /// Whether something selects this response of which no header tells: another action on its path, a source or dimension of the
    /// application's own, a route value or a culture that middleware has set.
    /// </summary>
    public bool SelectUnseen(CachePolicy policy, KeyDraft draft, HttpContext http) =>
        policy.SharesPath || policy.Key.IsSelectedUnseen || draft.HasOtherValues
        || (http.Features.Get<IRequestCultureFeature>() is null && CultureNames != _ownCulture)
        || Array.Exists(_others, other => other.ValueOf(http) is not null);

    /// <summary>The claim that names the user of an identity, whether or not it was authenticated; null where there is none.</summary>
    public static Claim? SubjectOf(ClaimsIdentity identity) => identity.FindFirst("sub") ?? identity.FindFirst(ClaimTypes.NameIdentifier);

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
        if (CultureNames is not ("", "") and var (culture, ui))
            Add(parts, "@culture", culture, ui);

        // Several schemes may have authenticated one request, and the action may look at any of its identities.
        if (policy.Settings.Audience is CacheAudience.PerUser)
            Add(parts, "@user", http.User.Identities.SelectMany(TextsOf));

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

    // An identity without a type of authentication is of nobody who was authenticated.
    private static string[] TextsOf(ClaimsIdentity identity)
    {
        var subject = SubjectOf(identity);
        return [identity.AuthenticationType ?? "", subject?.Issuer ?? "", subject?.Value ?? ""];
    }

    private static void Add(List<string> parts, string name, params IEnumerable<string> values) =>
        parts.Add($"{name}={string.Concat(values.Select(value => "/" + KeyText.Escaped(value)))}");

    private static byte[]? SecretOf(RedisCachedOptions options) =>
        options.KeySecret is { } secret ? Encoding.UTF8.GetBytes(secret) : null;
}

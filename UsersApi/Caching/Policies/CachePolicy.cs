using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;

namespace UsersApi.Caching.Policies;

/// <summary>What binding makes of a request to a cached action.</summary>
/// <param name="Draft">The part of the key that the arguments settle.</param>
/// <param name="Tags">The tags of the response, as they are kept.</param>
/// <param name="Groups">The value of <c>Cache-Groups</c>; null where responses do not say it.</param>
internal sealed record BoundRequest(KeyDraft Draft, IReadOnlyList<string> Tags, string? Groups);

/// <summary>The rules for one cached action: its attribute, options and arguments, settled once.</summary>
internal sealed class CachePolicy(
    ICachedAction attribute, ControllerActionDescriptor action, bool sharesPath, RedisCachedOptions options, MvcOptions mvc,
    ActionBinding binding)
{
    private readonly TagTemplate[] _tags = [.. attribute.Tags.Select(tag => new TagTemplate(tag))];
    private readonly bool _needsUser = NeedsUser(action);
    private int _isTold;

    public ICachedAction Attribute => attribute;

    /// <summary>What the attribute says, else the options.</summary>
    public CacheSettings Settings { get; } = attribute.Over(options.Defaults);

    public ControllerActionDescriptor Action => action;

    /// <summary>Stands in each entry, so that two actions which share a key by mistake never share a response.</summary>
    public string ActionId { get; } =
        $"{action.DisplayName}({string.Join(',', action.MethodInfo.GetParameters().Select(parameter => parameter.ParameterType))})";

    /// <summary>Whether another action may answer the same path, so that the key has to name this one.</summary>
    public bool SharesPath => sharesPath;

    public CacheKeyPlan Key { get; } = new(action, binding, options.KeyByHost, options.MaxKeyLength, attribute.DeclaredQueryOnly);

    public AcceptDimension Accept { get; } = new(action, mvc);

    /// <summary>Bytes of the largest entry that was seen, to know how long a read may take.</summary>
    public int LargestEntry { get; set; }

    public IReadOnlyList<int> StatusCodes => field ??= Settings.StatusCodes ?? [Microsoft.AspNetCore.Http.StatusCodes.Status200OK];

    /// <summary>Whether the key names a user or what a user may do.</summary>
    public bool IsForOneUser => Settings.Audience is CacheAudience.PerUser || Settings.VaryByClaims.Length > 0;

    /// <summary>Whether a cache that others share must not keep a response.</summary>
    public bool IsPrivate => IsForOneUser || _needsUser;

    /// <summary>What <c>Vary</c> says of every response of this action.</summary>
    public string[] VaryOfResponse => field ??=
    [
        .. Settings.Vary, .. Key.HeaderNames, .. Accept.IsNegotiated ? [HeaderNames.Accept] : Array.Empty<string>(),
        // A browser would go on with its copy after somebody else has signed in, and a shared cache would hand an anonymous one to
        // those who did.
        .. Settings.ClientSeconds + Settings.SharedSeconds == 0 ? []
            : IsForOneUser || Settings.Audience is CacheAudience.Anonymous ? [HeaderNames.Authorization, HeaderNames.Cookie]
            : Array.Empty<string>(),
    ];

    /// <summary>Whether the key holds the values of this header as they were sent, whatever the response says.</summary>
    public bool HoldsHeader(string name) => Settings.Vary.Concat(Key.RawHeaderNames).Contains(name, StringComparer.OrdinalIgnoreCase);

    /// <summary>True for the first caller: what costs an action its cache is told once.</summary>
    public bool TellOnce() => Interlocked.Exchange(ref _isTold, 1) == 0;

    public static bool NeedsUser(ControllerActionDescriptor action) =>
        action.EndpointMetadata.OfType<IAuthorizeData>().Any() && !action.EndpointMetadata.OfType<IAllowAnonymous>().Any();

    /// <summary>Whether hits are served before MVC begins; settled while the endpoints are made.</summary>
    public bool HasEarlyHits { get; set; }

    /// <summary>The key's first part, and the tags: the attribute's, that of the path, and the one that all responses carry.</summary>
    public BoundRequest Bind(ActionExecutingContext context)
    {
        var draft = Key.Draft(context);
        IEnumerable<string> own = [TagNames.OfPath(draft.Path), .. _tags.Select(tag => tag.Resolve(context, Key.Arguments))];
        string[] tags = [TagNames.All, .. own.Select(TagNames.Fold)];
        return new BoundRequest(draft, tags, options.CacheGroups ? TagNames.GroupsOf(tags.Skip(1)) : null);
    }

    /// <summary>Why a request bypasses the cache; null where it may share responses with others.</summary>
    public CacheOutcome? Bypass(HttpContext http) => Settings.Audience switch
    {
        // The key says nothing of content, which a binder or the action itself may read (RFC 9110, section 9.3.1), and a socket is no
        // response.
        _ when http.Request.ContentLength > 0 || http.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            || string.Equals(http.Request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase) => CacheOutcome.Content,
        // Identity is the first of several, and what somebody claims counts whether or not it was authenticated.
        CacheAudience.Anonymous when http.Request.Headers.Authorization.Count > 0
            || http.User.Identities.Any(identity => identity.IsAuthenticated || identity.Claims.Any()) => CacheOutcome.Credentials,
        CacheAudience.PerUser when http.User.Identity is not ClaimsIdentity { IsAuthenticated: true } user
            || KeyDimensions.SubjectOf(user) is null => CacheOutcome.NoSubject,
        _ => null,
    };
}

using Microsoft.AspNetCore.Authorization;

namespace UsersApi.Caching.Policies;

/// <summary>The rules for one cached action: its attribute, options and arguments, settled once.</summary>
internal sealed class CachePolicy
{
    private readonly TagTemplate[] _tags;
    private readonly int _buckets;
    private readonly bool _hasGroups;
    private int _isTold;

    public CachePolicy(
        ICachedAction attribute, ControllerActionDescriptor action, bool sharesPath, RedisCachedOptions options, MvcOptions mvc,
        IModelMetadataProvider provider)
    {
        var settings = attribute.Settings.Or(options.Defaults);
        (Attribute, SharesPath) = (attribute, sharesPath);
        Action = action;
        var parameters = action.MethodInfo.GetParameters().Select(parameter => parameter.ParameterType.Name);
        ActionId = $"{action.DisplayName}({string.Join(',', parameters)})";
        Key = new CacheKeyPlan(action, provider, options.KeyByHost, options.MaxKeyLength, attribute.DeclaredQueryOnly);
        Accept = new AcceptDimension(action, mvc);
        Seconds = settings.Seconds ?? 60;
        ClientSeconds = settings.ClientSeconds ?? 0;
        SharedSeconds = settings.SharedSeconds ?? 0;
        StaleSeconds = settings.StaleSeconds ?? 0;
        StaleIfErrorSeconds = settings.StaleIfErrorSeconds ?? 0;
        RefreshBeforeSeconds = settings.RefreshBeforeSeconds ?? 0;
        AcrossNodes = settings.AcrossNodes ?? false;
        Audience = settings.Audience ?? CacheAudience.Anonymous;
        StatusCodes = settings.StatusCodes ?? [Microsoft.AspNetCore.Http.StatusCodes.Status200OK];
        Vary = settings.Vary ?? [];
        VaryByClaims = settings.VaryByClaims ?? [];
        IsForOneUser = Audience is CacheAudience.PerUser || VaryByClaims.Length > 0;
        IsPrivate = IsForOneUser || NeedsUser(action);
        VaryOfResponse = [.. VaryOf()];
        _tags = [.. attribute.Tags.Select(tag => new TagTemplate(tag))];
        (_buckets, _hasGroups) = (options.TagBuckets, options.CacheGroups);
    }

    public ICachedAction Attribute { get; }

    public ControllerActionDescriptor Action { get; }

    /// <summary>Stands in each entry, so that two actions which share a key by mistake never share a response.</summary>
    public string ActionId { get; }

    /// <summary>Whether another action may answer the same path, so that the key has to name this one.</summary>
    public bool SharesPath { get; }

    public CacheKeyPlan Key { get; }

    public AcceptDimension Accept { get; }

    public int Seconds { get; }

    public int ClientSeconds { get; }

    public int SharedSeconds { get; }

    public int StaleSeconds { get; }

    public int StaleIfErrorSeconds { get; }

    public int RefreshBeforeSeconds { get; }

    public bool AcrossNodes { get; }

    public CacheAudience Audience { get; }

    /// <summary>Bytes of the largest entry that was seen, to know how long a read may take.</summary>
    public int LargestEntry { get; set; }

    public IReadOnlyList<int> StatusCodes { get; }

    /// <summary>The request headers that the attribute names.</summary>
    public string[] Vary { get; }

    /// <summary>The types of the claims whose values select a response.</summary>
    public string[] VaryByClaims { get; }

    /// <summary>Whether the key names a user or what a user may do.</summary>
    public bool IsForOneUser { get; }

    /// <summary>Whether a cache that others share must not keep a response.</summary>
    public bool IsPrivate { get; }

    /// <summary>What <c>Vary</c> says of every response of this action.</summary>
    public string[] VaryOfResponse { get; }

    /// <summary>Whether the key holds the values of this header as they were sent, whatever the response says.</summary>
    public bool HoldsHeader(string name) => Vary.Concat(Key.RawHeaderNames).Contains(name, StringComparer.OrdinalIgnoreCase);

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
        var tags = new string[_tags.Length + 2];
        (tags[0], tags[1]) = (TagNames.All, TagNames.Fold(TagNames.OfPath(draft.Path), _buckets));
        for (var i = 0; i < _tags.Length; i++)
            tags[i + 2] = TagNames.Fold(_tags[i].Resolve(context, Key.Arguments), _buckets);

        return new BoundRequest(draft, tags, _hasGroups ? TagNames.GroupsOf(tags.Skip(1)) : null);
    }

    private IEnumerable<string> VaryOf()
    {
        var names = Vary.Concat(Key.HeaderNames);
        if (Accept.IsNegotiated)
            names = names.Append(HeaderNames.Accept);

        // A browser would go on with its anonymous copy after signing in, and a shared cache would hand it to those who did.
        return Audience is CacheAudience.Anonymous && ClientSeconds + SharedSeconds > 0 ? names.Append(HeaderNames.Authorization) : names;
    }
}

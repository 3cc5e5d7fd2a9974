namespace UsersApi.Caching.Policies;

/// <summary>The rules for one cached action: its attribute, options and arguments, settled once.</summary>
internal sealed class CachePolicy
{
    private const int MaxLearnedVary = 8;

    private readonly TagTemplate[] _tags;
    private readonly int _buckets;
    private string[] _vary;

    public CachePolicy(
        ICachedAction attribute, ControllerActionDescriptor action, RedisCachedOptions options, MvcOptions mvc,
        IModelMetadataProvider provider)
    {
        var settings = attribute.Settings.Or(options.Defaults);
        Attribute = attribute;
        Action = action;
        var parameters = action.MethodInfo.GetParameters().Select(parameter => parameter.ParameterType.Name);
        ActionId = $"{action.DisplayName}({string.Join(',', parameters)})";
        Key = new CacheKeyPlan(action, provider, options.KeyByHost, options.MaxKeyLength, attribute.DeclaredQueryOnly);
        Accept = new AcceptDimension(action, mvc);
        Seconds = settings.Seconds ?? 60;
        ClientSeconds = settings.ClientSeconds ?? 0;
        StaleSeconds = settings.StaleSeconds ?? 0;
        StaleIfErrorSeconds = settings.StaleIfErrorSeconds ?? 0;
        Audience = settings.Audience ?? CacheAudience.Anonymous;
        StatusCodes = settings.StatusCodes ?? [Microsoft.AspNetCore.Http.StatusCodes.Status200OK];
        _vary = settings.Vary ?? [];
        _tags = [.. attribute.Tags.Select(tag => new TagTemplate(tag))];
        _buckets = options.TagBuckets;
    }

    public ICachedAction Attribute { get; }

    public ControllerActionDescriptor Action { get; }

    /// <summary>Stands in each entry, so that two actions which share a key by mistake never share a response.</summary>
    public string ActionId { get; }

    public CacheKeyPlan Key { get; }

    public AcceptDimension Accept { get; }

    public int Seconds { get; }

    public int ClientSeconds { get; }

    public int StaleSeconds { get; }

    public int StaleIfErrorSeconds { get; }

    public CacheAudience Audience { get; }

    /// <summary>Bytes of the largest entry that was seen, to know how long a read may take.</summary>
    public int LargestEntry { get; set; }

    public IReadOnlyList<int> StatusCodes { get; }

    /// <summary>
    /// The request headers that select a response: the attribute's, and those that the action was seen to name in its
    /// <c>Vary</c>.
    /// </summary>
    public IReadOnlyList<string> Vary => _vary;

    /// <summary>Whether <c>Vary</c> says anything at all.</summary>
    public bool NamesVary => Accept.IsNegotiated || _vary.Length + Key.HeaderNames.Count > 0;

    /// <summary>All that <c>Vary</c> says of every response of this action.</summary>
    public IEnumerable<string> VaryOfResponse => Accept.IsNegotiated
        ? _vary.Concat(Key.HeaderNames).Append("Accept")
        : _vary.Concat(Key.HeaderNames);

    /// <summary>
    /// Remembers what an action said in its own <c>Vary</c>; from then on it is part of the key. A response is only stored
    /// under a key that holds all of its <c>Vary</c>, so this one is not, and each node learns by one miss.
    /// </summary>
    /// <returns>Whether all names were part of the key already.</returns>
    public bool Learn(IEnumerable<string> names)
    {
        var known = _vary;
        var unknown = names.Except(known.Concat(Key.HeaderNames), StringComparer.OrdinalIgnoreCase).ToArray();
        if (unknown.Length > 0 && known.Length + unknown.Length <= MaxLearnedVary)
            Interlocked.CompareExchange(ref _vary, [.. known, .. unknown], known);

        return unknown.Length == 0;
    }

    /// <summary>The tags of a response, as they are kept: the attribute's, that of its path, and the one that all carry.</summary>
    public IReadOnlyList<string> TagsOf(ActionExecutingContext context, string path) =>
    [
        TagNames.All,
        TagNames.Fold(TagNames.OfPath(path), _buckets),
        .. _tags.Select(tag => TagNames.Fold(tag.Resolve(context, Key.Arguments), _buckets)),
    ];
}

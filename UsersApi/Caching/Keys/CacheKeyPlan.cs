namespace UsersApi.Caching.Keys;

/// <summary>What the key of one action's responses is made of; settled once, at start.</summary>
/// <remarks>
/// <code>
/// get:/api/v1/users:limit=20&amp;skip=0                 path, then declared arguments by name, nulls left out
/// get:https://example.org/api/v1/users:limit=20        with KeyByHost
/// get:/api/v1/users::accept=text%2Fcsv                 what else selects a response: headers, culture, user
/// get:/api/v1/users:q=aaa...#3f2a...                   beyond MaxKeyLength: the SHA-256 of the whole
/// </code>
/// In names and values all but unreserved characters is percent-encoded, so that no delimiter can be forged.
/// </remarks>
internal sealed class CacheKeyPlan
{
    private readonly bool _byHost;
    private readonly int _maxLength;
    private readonly List<KeyArgument> _arguments;
    private readonly List<KeyArgument> _headers;

    public CacheKeyPlan(ControllerActionDescriptor action, IModelMetadataProvider provider, bool byHost, int maxLength, bool declaredOnly)
    {
        (_byHost, _maxLength) = (byHost, maxLength);
        var all = KeyArgument.Of(action, provider);
        _headers = [.. all.Where(argument => argument.Source == BindingSource.Header)];
        _arguments = [.. all.Where(IsFromPathOrQuery)];
        BodyArgument = all.FirstOrDefault(argument => argument.Source is { } source
            && (source == BindingSource.Body || source == BindingSource.Form || source == BindingSource.FormFile))?.Name;
        OpaqueArgument = all.FirstOrDefault(argument => !KeyShape.CanWrite(argument.Metadata)
            && (argument.HasOwnBinder || KeyShape.TakesMoreThanUri(argument.Metadata)))?.Name;
        HeaderNames = [.. _headers.Select(header => header.Name)];
        IsByRawQuery = (!declaredOnly && _arguments.TrueForAll(argument => argument.Source == BindingSource.Path))
            || _arguments.Exists(argument => argument.Name.Contains('.', StringComparison.Ordinal) || !KeyShape.CanWrite(argument.Metadata))
            || _arguments.DistinctBy(argument => argument.Name, StringComparer.OrdinalIgnoreCase).Count() < _arguments.Count
            || action.FilterDescriptors.Any(descriptor => descriptor.Filter is FormatFilterAttribute);
    }

    /// <summary>
    /// True where the raw query stands in the key: nothing is bound from it, or something of which no text can be proven.
    /// </summary>
    public bool IsByRawQuery { get; }

    /// <summary>An argument from the request's body, which no key can hold.</summary>
    public string? BodyArgument { get; }

    /// <summary>An argument that is made of more than the query, and of which no text can be proven.</summary>
    public string? OpaqueArgument { get; }

    /// <summary>The request headers that are bound to arguments.</summary>
    public IReadOnlyList<string> HeaderNames { get; }

    /// <summary>The arguments from path, query and headers.</summary>
    public IReadOnlyList<KeyArgument> Arguments => [.. _arguments, .. _headers];

    /// <summary>Whether the action declares this name of the query, itself or as an element of a collection.</summary>
    public bool DeclaresQuery(string name) => _arguments.Exists(argument => name.Equals(argument.Name, StringComparison.OrdinalIgnoreCase)
        || (argument.Metadata.IsEnumerableType && name.StartsWith(argument.Name + "[", StringComparison.OrdinalIgnoreCase)));

    /// <summary>The part of the key that the bound arguments settle. The action may change them, so it is written before it runs.</summary>
    public KeyDraft Draft(ActionExecutingContext context)
    {
        var parts = new List<string>(_arguments.Count + 1);
        var key = new StringBuilder("get:", 128);
        WriteHost(key, context.HttpContext.Request);
        var start = key.Length;
        var inPath = RoutePath.Write(key, context, _arguments, parts);
        var path = parts.Count == 0 ? key.ToString(start, key.Length - start) : RoutePath.InPlace(context, _arguments);
        if (IsByRawQuery)
        {
            WriteRawQuery(parts, context.HttpContext.Request.Query);
            // A dictionary lists its names as they came; an action that binds nothing gets them sorted.
            if (parts.Count > 0 && _arguments.Exists(argument => argument.Source != BindingSource.Path))
                parts = [string.Join('&', parts)];
        }
        else
        {
            foreach (var argument in _arguments.Except(inPath))
                KeyShape.Write(parts, KeyText.Escaped(argument.Name), argument.ValueIn(context), argument.Metadata);
        }

        WriteParts(key, parts, always: false);
        var headers = new List<string>();
        foreach (var header in _headers)
            WriteHeader(headers, header, context);

        return new KeyDraft(key.ToString(), path, HasArguments: parts.Count > 0, headers);
    }

    /// <summary>The whole key, without the prefix: what was drafted, and what else selects a response.</summary>
    public string Complete(KeyDraft draft, IEnumerable<string> dimensions)
    {
        var all = new List<string>(draft.Headers.Concat(dimensions));
        if (all.Count == 0)
            return Capped(draft.Text);

        var key = new StringBuilder(draft.Text).Append(draft.HasArguments ? "" : ":");
        WriteParts(key, all, always: true);
        return Capped(key.ToString());
    }

    public static void WriteRawHeader(ICollection<string> parts, string name, HttpRequest request)
    {
        // Absent, it is named all the same: a node that has not learned yet that it matters must not find this entry.
        var escaped = KeyText.Escaped(name.ToUpperInvariant());
        parts.Add(request.Headers.TryGetValue(name, out var values)
            ? string.Join('&', values.Select(value => $"{escaped}={KeyText.Escaped(value ?? "")}"))
            : escaped);
    }

    private static void WriteHeader(List<string> parts, KeyArgument header, ActionExecutingContext context)
    {
        if (!KeyShape.CanWrite(header.Metadata))
        {
            WriteRawHeader(parts, header.Name, context.HttpContext.Request);
            return;
        }

        KeyShape.Write(parts, KeyText.Escaped(header.Name.ToUpperInvariant()), header.ValueIn(context), header.Metadata);
    }

    private static void WriteRawQuery(List<string> parts, IQueryCollection query)
    {
        foreach (var (name, values) in query.Where(pair => pair.Value.Count > 0))
        {
            var escaped = KeyText.Escaped(name);
            parts.Add(string.Join('&', values.Select(value => $"{escaped}={KeyText.Escaped(value ?? "")}")));
        }
    }

    private static void WriteParts(StringBuilder key, List<string> parts, bool always)
    {
        parts.Sort(StringComparer.Ordinal);
        if (parts.Count > 0 || always)
            key.Append(':').AppendJoin('&', parts);
    }

    private static bool IsFromPathOrQuery(KeyArgument argument) => argument.Source is null
        || argument.Source == BindingSource.Path || argument.Source == BindingSource.Query || argument.Source == BindingSource.ModelBinding
        || argument.Source == BindingSource.Custom;

    private void WriteHost(StringBuilder key, HttpRequest request)
    {
        if (_byHost)
        {
            // Scheme and host are escaped too: a hostile Host header forges nothing.
            key.Append(KeyText.Escaped(request.Scheme)).Append("://").Append(KeyText.Escaped(request.Host.Value?.ToLowerInvariant() ?? ""));
        }
    }

    private string Capped(string key) => key.Length <= _maxLength
        ? key
        : $"{key.AsSpan(0, _maxLength - 65)}#{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)))}";
}

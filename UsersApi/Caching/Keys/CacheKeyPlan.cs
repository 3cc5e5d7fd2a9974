namespace UsersApi.Caching.Keys;

/// <summary>The part of a key that the bound arguments settle, before the headers that a response may name in its <c>Vary</c>.</summary>
/// <param name="Text">Method, host, path and arguments.</param>
/// <param name="Path">The path alone: the tag under which an unsafe request to this URI evicts.</param>
/// <param name="HasArguments">Whether <paramref name="Text"/> has a section of arguments.</param>
/// <param name="HasOtherValues">Whether middleware has set route values that select, of which the URI says nothing.</param>
/// <param name="Hashed">The bound arguments of which the key holds a hash alone: headers, and what is marked so.</param>
internal sealed record KeyDraft(string Text, string Path, bool HasArguments, bool HasOtherValues, IReadOnlyList<string> Hashed);

/// <summary>What the key of one action's responses is made of; settled once, at start.</summary>
/// <remarks>
/// <code>
/// get:/api/v1/users:limit=20&amp;skip=0                 path, then declared arguments by name, nulls left out
/// get:https://example.org/api/v1/users:limit=20        with KeyByHost
/// get:/api/v1/users::ACCEPT&amp;@user~3f2a...              what else selects a response (KeyDimensions)
/// get:/api/v1/users:limit=20:?email~3f2a...            an argument with [HashedInKey]
/// get:/api/v1/users:q=aaa...#3f2a...                   beyond MaxKeyLength: the SHA-256 of the whole
/// </code>
/// In names and values all but unreserved characters is percent-encoded, so that no delimiter can be forged.
/// </remarks>
internal sealed class CacheKeyPlan
{
    private readonly int _maxLength;
    private readonly List<KeyArgument> _arguments;
    private readonly List<KeyArgument> _written;
    private readonly List<KeyArgument> _hashed;

    public CacheKeyPlan(ControllerActionDescriptor action, ActionBinding binding, bool byHost, int maxLength, bool declaredOnly)
    {
        (HoldsHost, _maxLength) = (byHost, maxLength);
        List<KeyArgument> all = [.. binding.ArgumentsOf(action).Where(argument => argument.IsBoundOnGet && !argument.IsService)];
        List<KeyArgument> headers = [.. all.Where(argument => argument.Source == BindingSource.Header)];
        // An application's own source may be a cookie: its values are hashed, as those of headers are.
        List<KeyArgument> unseen = [.. all.Where(argument => argument.IsFromElsewhere && !IsContent(argument)).Except(headers)];
        _arguments = [.. all.Where(argument => !argument.IsFromElsewhere).Except(headers)];
        BodyArgument = all.Find(IsContent)?.Name;
        OpaqueArgument = all.Find(argument => !KeyShape.CanWrite(argument.Metadata)
            && (unseen.Contains(argument) || argument.MayBeMoreThanUri))?.Name;
        _hashed = [.. headers, .. unseen, .. _arguments.Where(argument => argument.IsHashed)];
        Arguments = [.. _arguments, .. unseen, .. headers];
        IsSelectedUnseen = unseen.Count > 0;
        HeaderNames = [.. headers.Select(header => header.Name)];
        RawHeaderNames = [.. headers.Where(IsRaw).Select(header => header.Name)];
        IsByRawQuery = (!declaredOnly && unseen.Count == 0 && _arguments.TrueForAll(argument => argument.Source == BindingSource.Path))
            || _arguments.Exists(argument => argument.Name.Contains('.', StringComparison.Ordinal) || !KeyShape.CanWrite(argument.Metadata))
            || _arguments.DistinctBy(argument => argument.Name, StringComparer.OrdinalIgnoreCase).Count() < _arguments.Count
            || action.FilterDescriptors.Any(descriptor => descriptor.Filter is FormatFilterAttribute);
        _written = IsByRawQuery
            ? _arguments.FindAll(argument => argument.Source == BindingSource.Path && KeyShape.CanWrite(argument.Metadata))
            : _arguments.FindAll(argument => !argument.IsHashed);
        ClearArgument = IsByRawQuery ? _arguments.Find(argument => argument.IsHashed)?.Name : null;
    }

    /// <summary>Whether scheme and host stand in the key.</summary>
    public bool HoldsHost { get; }

    /// <summary>
    /// True where the query stands in the key as it was sent: nothing is bound from it, or something of which no text can be proven.
    /// </summary>
    public bool IsByRawQuery { get; }

    /// <summary>Whether an argument comes from a source or binder of the application's own: no header tells what it selects by.</summary>
    public bool IsSelectedUnseen { get; }

    /// <summary>An argument from the request's body, which no key can hold.</summary>
    public string? BodyArgument { get; }

    /// <summary>An argument that is made of more than the query, and of which no text can be proven.</summary>
    public string? OpaqueArgument { get; }

    /// <summary>An argument whose value was to be hashed, and stands in the raw query all the same.</summary>
    public string? ClearArgument { get; }

    /// <summary>The request headers that are bound to arguments.</summary>
    public IReadOnlyList<string> HeaderNames { get; }

    /// <summary>Those of them whose text stands in the key as it was sent: another type's values may be written in several ways.</summary>
    public IReadOnlyList<string> RawHeaderNames { get; }

    /// <summary>The arguments from path, query and headers.</summary>
    public IReadOnlyList<KeyArgument> Arguments { get; }

    /// <summary>The part of the key that the bound arguments settle. The action may change them, so it is written before it runs.</summary>
    public KeyDraft Draft(ActionExecutingContext context)
    {
        var parts = new List<string>(_arguments.Count + 1);
        var key = new StringBuilder("get:", 128);
        var request = context.HttpContext.Request;
        // Scheme and host are escaped too: a hostile Host header forges nothing.
        if (HoldsHost)
            key.Append(KeyText.Escaped(request.Scheme)).Append("://").Append(KeyText.Escaped(request.Host.Value?.ToLowerInvariant() ?? ""));

        var start = key.Length;
        var inPath = RoutePath.Write(key, context, _arguments, parts);
        var path = parts.Count == 0 ? key.ToString(start, key.Length - start) : RoutePath.InPlace(context, _arguments);
        var hasOthers = RoutePath.WriteOtherValues(parts, context, _written);
        foreach (var argument in _written.Except(inPath))
            KeyShape.Write(parts, argument.KeyName, argument.ValueIn(context), argument.Metadata);

        // A proxy's prefix, of which links are made, may be spelled in several ways.
        if (request.PathBase.Value is { } prefix && (prefix.EndsWith('/') || prefix.Contains("//", StringComparison.Ordinal)))
            parts.Add("@base=" + KeyText.Escaped(prefix));

        if (IsByRawQuery)
            WriteTarget(parts, context.HttpContext, path);

        parts.Sort(string.CompareOrdinal);
        if (parts.Count > 0)
            key.Append(':').AppendJoin('&', parts);

        var hashed = new List<string>();
        foreach (var argument in _hashed)
            WriteHashed(hashed, argument, context);

        return new KeyDraft(key.ToString(), path, HasArguments: parts.Count > 0, hasOthers, hashed);
    }

    /// <summary>The key, within its greatest length.</summary>
    public string Capped(string key) => key.Length <= _maxLength
        ? key
        : $"{key.AsSpan(0, _maxLength - 65)}#{Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(key)))}";

    public static void WriteRawHeader(ICollection<string> parts, string name, HttpRequest request)
    {
        // Absent, it is named all the same: no header is another answer than an empty one.
        var escaped = KeyText.Escaped(name.ToUpperInvariant());
        parts.Add(request.Headers.TryGetValue(name, out var values)
            ? string.Join('&', values.Select(value => $"{escaped}={KeyText.Escaped(value ?? "")}"))
            : escaped);
    }

    private static void WriteHashed(List<string> parts, KeyArgument argument, ActionExecutingContext context)
    {
        if (IsRaw(argument) || !KeyShape.CanWrite(argument.Metadata))
        {
            WriteRawHeader(parts, argument.Name, context.HttpContext.Request);
            return;
        }

        // A name of the query must not pass for a header's.
        var name = argument.Source == BindingSource.Header ? KeyText.Escaped(argument.Name.ToUpperInvariant())
            : argument.IsFromElsewhere ? argument.KeyName : "?" + argument.KeyName;
        KeyShape.Write(parts, name, argument.ValueIn(context), argument.Metadata);
    }

    // Bound, an absent header and an empty one are the same, and several are one: the action may tell them apart.
    private static bool IsRaw(KeyArgument argument) => argument is { IsOwn: false, Metadata.ModelType: var type }
        && argument.Source == BindingSource.Header && type == typeof(string);

    // As it was sent: an action that takes the whole query may look at the whole target.
    private static void WriteTarget(List<string> parts, HttpContext http, string path)
    {
        var query = http.Request.QueryString.Value ?? "";
        if (query.Length > 0)
            parts.Add(KeyText.EscapedQuery(query));

        if (http.Features.Get<IHttpRequestFeature>()?.RawTarget is { Length: > 0 } target && target != path + query)
            parts.Add("@target=" + KeyText.Escaped(target));
    }

    private static bool IsContent(KeyArgument argument) => argument.Source is { } source
        && (source == BindingSource.Body || source == BindingSource.Form || source == BindingSource.FormFile);
}

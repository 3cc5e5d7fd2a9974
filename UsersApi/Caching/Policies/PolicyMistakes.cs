using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Routing.Patterns;

namespace UsersApi.Caching.Policies;

/// <summary>What is wrong with the attributes of an action, each with its remedy.</summary>
internal static class PolicyMistakes
{
    public static IEnumerable<string> In(ControllerActionDescriptor action, CachePolicy? policy) =>
    [
        .. OfTags(action, action.EndpointMetadata.OfType<IEvictingAction>().SelectMany(evict => evict.Tags)),
        .. When(IsEvictingNothing(action), "it answers GET and HEAD alone, after which nothing is evicted: take [RedisCacheEvict] off, "
            + "or let the action inject IRedisCacheEvictor."),
        .. When(policy is not null && !AnswersGet(action),
            "it does not answer GET, and only GET is cached: take [RedisCached] off, or write [RedisCacheEvict]."),
        .. policy is not null && AnswersGet(action) ? Of(policy) : [],
    ];

    public static bool IsOnAction(ControllerActionDescriptor action, ICachedAction attribute) =>
        action.FilterDescriptors.Any(filter => ReferenceEquals(filter.Filter, attribute) && filter.Scope == FilterScope.Action);

    public static bool AnswersGet(ControllerActionDescriptor action) =>
        MethodsOf(action) is not { Count: > 0 } methods || methods.Contains(HttpMethods.Get, StringComparer.OrdinalIgnoreCase);

    private static IEnumerable<string> Of(CachePolicy policy)
    {
        var (settings, key) = (policy.Settings, policy.Key);
        return
        [
            .. OfTags(policy.Action, policy.Attribute.Tags),
            .. OfRanges(settings),
            .. When(settings.RefreshBeforeSeconds >= settings.Seconds, $"RefreshBeforeSeconds ({settings.RefreshBeforeSeconds}) is not "
                + $"below Seconds ({settings.Seconds}), so that the response would be renewed all the time: write less."),
            .. policy.StatusCodes.Where(status => status is < 200 or > 599 or 206 or 304).Select(status =>
                $"status {status} is not a whole, final response and can't be stored: take it out of StatusCodes."),
            .. settings.Vary.Where(header => CredentialHeaders.Contain(header) || !header.All(IsPlain)).Select(header =>
                $"Vary can't hold \"{header}\": name one plain header each, and use Audience for credentials."),
            .. key.HeaderNames.Where(CredentialHeaders.Contain).Select(header =>
                $"an argument comes from the header {header}, which says who asks: take the user from HttpContext.User, "
                + "and write CacheAudience.PerUser or VaryByClaims."),
            .. When(key.BodyArgument is not null, $"the argument {key.BodyArgument} comes from the request's body, which can't be a part "
                + "of the key: take it from the query."),
            .. When(key.ClearArgument is not null, $"[HashedInKey] on {key.ClearArgument} has no effect, since the query stands in the key "
                + "as it was sent: bind simple types."),
            .. When(key.OpaqueArgument is not null, $"the argument {key.OpaqueArgument} is made of more than the query, and its type "
                + "can't be written into the key: bind simple types."),
            .. When(CachePolicy.NeedsUser(policy.Action) && settings.Audience is CacheAudience.Anonymous,
                "[Authorize] lets nobody in without credentials, and Audience = Anonymous caches only for those who have none: "
                + "write CacheAudience.PerUser, or CacheAudience.Everyone "
                + "if the answer is the same for all whom authorization lets through."),
        ];
    }

    private static string[] When(bool isWrong, string mistake) => isWrong ? [mistake] : [];

    private static IReadOnlyList<string>? MethodsOf(ControllerActionDescriptor action) =>
        action.EndpointMetadata.OfType<IHttpMethodMetadata>().LastOrDefault()?.HttpMethods;

    // On a controller it is for those of its actions that write.
    private static bool IsEvictingNothing(ControllerActionDescriptor action) =>
        action.MethodInfo.GetCustomAttributes(inherit: true).OfType<IEvictingAction>().Any()
        && MethodsOf(action) is { Count: > 0 } methods && methods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method));

    private static IEnumerable<string> OfRanges(CacheSettings settings)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(settings, new ValidationContext(settings), results, validateAllProperties: true);
        return results.Select(result => result.ErrorMessage + " Write a value in that range.");
    }

    private static IEnumerable<string> OfTags(ControllerActionDescriptor action, IEnumerable<string> tags) =>
        tags.Select(text => new TagTemplate(text)).SelectMany(tag => (string[])
        [
            .. When(!tag.IsWellFormed,
                $"the tag \"{tag}\" is not a word, or a word, a colon and arguments in braces: write it like \"user:{{id}}\"."),
            .. tag.Arguments.Where(name => !HasValue(action, name)).Select(name =>
                $"the tag \"{tag}\" names {{{name}}}, and the action has no such simple argument or route value: name one that it has."),
        ]);

    private static bool HasValue(ControllerActionDescriptor action, string name) =>
        action.Parameters.Concat(action.BoundProperties).Any(parameter => KeyText.Knows(parameter.ParameterType)
            && (string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase)
                || string.Equals(parameter.BindingInfo?.BinderModelName, name, StringComparison.OrdinalIgnoreCase)))
        || action.RouteValues.ContainsKey(name)
        || (action.AttributeRouteInfo?.Template is { } template
            && RoutePatternFactory.Parse(template).GetParameter(name) is not null);

    private static bool IsPlain(char symbol) => char.IsAsciiLetterOrDigit(symbol) || symbol is '-' or '_';
}

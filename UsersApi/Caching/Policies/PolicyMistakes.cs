using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Routing.Patterns;

namespace UsersApi.Caching.Policies;

/// <summary>What is wrong with the attributes of an action, each with its remedy.</summary>
internal static class PolicyMistakes
{
    public static IEnumerable<string> In(ControllerActionDescriptor action, CachePolicy? policy)
    {
        var evictions = action.EndpointMetadata.OfType<IEvictingAction>().SelectMany(evict => evict.Tags);
        var mistakes = OfTags(action, evictions).Concat(OfEvicting(action));
        return policy is null ? mistakes
            : !AnswersGet(action) ? mistakes.Append(
                "it does not answer GET, and only GET is cached: take [RedisCached] off, or write [RedisCacheEvict].")
            : mistakes.Concat(OfTags(action, policy.Attribute.Tags))
                .Concat(OfValues(policy)).Concat(OfArguments(policy)).Concat(OfAudience(action, policy));
    }

    // On a controller it is for those of its actions that write.
    private static IEnumerable<string> OfEvicting(ControllerActionDescriptor action)
    {
        if (action.MethodInfo.GetCustomAttributes(inherit: true).OfType<IEvictingAction>().Any()
            && action.EndpointMetadata.OfType<IHttpMethodMetadata>().LastOrDefault() is { HttpMethods: { Count: > 0 } methods }
            && methods.All(method => HttpMethods.IsGet(method) || HttpMethods.IsHead(method)))
        {
            yield return "it answers GET and HEAD alone, after which nothing is evicted: take [RedisCacheEvict] off, "
                + "or let the action inject IRedisCacheEvictor.";
        }
    }

    private static IEnumerable<string> OfValues(CachePolicy policy)
    {
        var settings = policy.Attribute.Settings;
        var results = new List<ValidationResult>();
        if (!Validator.TryValidateObject(settings, new ValidationContext(settings), results, validateAllProperties: true))
        {
            foreach (var result in results)
                yield return result.ErrorMessage + " Write a value in that range.";
        }

        if (policy.RefreshBeforeSeconds >= policy.Seconds)
        {
            yield return $"RefreshBeforeSeconds ({policy.RefreshBeforeSeconds}) is not below Seconds ({policy.Seconds}), so that the "
                + "response would be renewed all the time: write less.";
        }

        foreach (var status in policy.StatusCodes.Where(status => status is < 200 or > 599 or 206 or 304))
        {
            yield return $"status {status} is not a whole, final response and can't be stored: take it out of StatusCodes.";
        }

        foreach (var header in policy.Vary.Where(header => CredentialHeaders.Contain(header) || !header.All(IsPlain)))
        {
            yield return $"Vary can't hold \"{header}\": name one plain header each, and use Audience for credentials.";
        }
    }

    private static IEnumerable<string> OfArguments(CachePolicy policy)
    {
        foreach (var header in policy.Key.HeaderNames.Where(CredentialHeaders.Contain))
        {
            yield return $"an argument comes from the header {header}, which says who asks: take the user from HttpContext.User, "
                + "and write CacheAudience.PerUser or VaryByClaims.";
        }

        if (policy.Key.BodyArgument is { } body)
        {
            yield return $"the argument {body} comes from the request's body, which can't be a part of the key: take it from the query.";
        }

        if (policy.Key.ClearArgument is { } clear)
        {
            yield return $"[HashedInKey] on {clear} has no effect, since the query stands in the key as it was sent: bind simple types.";
        }

        if (policy.Key.OpaqueArgument is { } opaque)
        {
            yield return
                $"the argument {opaque} is made of more than the query, and its type can't be written into the key: bind simple types.";
        }
    }

    private static IEnumerable<string> OfAudience(ControllerActionDescriptor action, CachePolicy policy)
    {
        if (CachePolicy.NeedsUser(action) && policy.Audience is CacheAudience.Anonymous)
        {
            yield return "[Authorize] lets nobody in without credentials, and Audience = Anonymous caches only for those who have none: "
                + "write CacheAudience.PerUser, or CacheAudience.Everyone "
                + "if the answer is the same for all whom authorization lets through.";
        }
    }

    private static IEnumerable<string> OfTags(ControllerActionDescriptor action, IEnumerable<string> tags)
    {
        foreach (var tag in tags.Select(text => new TagTemplate(text)))
        {
            if (!tag.IsWellFormed)
            {
                yield return $"the tag \"{tag}\" is not a word, or a word, a colon and arguments in braces: write it like \"user:{{id}}\".";
            }

            foreach (var name in tag.Arguments.Where(name => !HasValue(action, name)))
            {
                yield return
                    $"the tag \"{tag}\" names {{{name}}}, and the action has no such simple argument or route value: name one that it has.";
            }
        }
    }

    private static bool HasValue(ControllerActionDescriptor action, string name) =>
        action.Parameters.Concat(action.BoundProperties).Any(parameter => KeyText.Knows(parameter.ParameterType)
            && (string.Equals(parameter.Name, name, StringComparison.OrdinalIgnoreCase)
                || string.Equals(parameter.BindingInfo?.BinderModelName, name, StringComparison.OrdinalIgnoreCase)))
        || action.RouteValues.ContainsKey(name)
        || (action.AttributeRouteInfo?.Template is { } template
            && RoutePatternFactory.Parse(template).GetParameter(name) is not null);

    private static bool IsPlain(char symbol) => char.IsAsciiLetterOrDigit(symbol) || symbol is '-' or '_';

    public static bool IsOnAction(ControllerActionDescriptor action, ICachedAction attribute) =>
        action.FilterDescriptors.Any(filter => ReferenceEquals(filter.Filter, attribute) && filter.Scope == FilterScope.Action);

    public static bool AnswersGet(ControllerActionDescriptor action) =>
        action.EndpointMetadata.OfType<IHttpMethodMetadata>().LastOrDefault() is not { HttpMethods: { Count: > 0 } methods }
        || methods.Contains(HttpMethods.Get, StringComparer.OrdinalIgnoreCase);
}

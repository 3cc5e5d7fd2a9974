using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;

namespace UsersApi.Caching;

/// <summary>
/// Whether a hit may be served before binding: only where binding, validation and outer filters would do the same again for
/// the same target, and nothing else.
/// </summary>
internal static class EarlyHitRules
{
    // MVC's own, which do nothing to a hit. They are internal, hence by name.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "ModelStateInvalidFilterFactory", "ClientErrorResultFilterFactory", "UnsupportedContentTypeFilter", nameof(ProducesAttribute),
    };

    private static readonly Type[] Authorizing = [typeof(IAuthorizationFilter), typeof(IAsyncAuthorizationFilter)];

    // They run around an answer that is known as well.
    private static readonly Type[] Outside = [typeof(IResourceFilter), typeof(IAsyncResourceFilter), typeof(IAlwaysRunResultFilter), typeof(IAsyncAlwaysRunResultFilter)];
    private static readonly Type[] Inside =
        [typeof(IActionFilter), typeof(IAsyncActionFilter), typeof(IResultFilter), typeof(IAsyncResultFilter), typeof(IExceptionFilter), typeof(IAsyncExceptionFilter)];

    /// <summary>Why hits of this action go the whole way; null where they need not.</summary>
    public static string? ReasonAgainst(ControllerActionDescriptor action, CachePolicy policy, MvcOptions mvc)
    {
        var filters = action.FilterDescriptors.OrderBy(filter => filter.Order).ThenBy(filter => filter.Scope).ToList();
        var own = filters.FindIndex(filter => filter.Filter == policy.Attribute);
        var foreign = filters.Select(filter => TypeOf(filter.Filter)).Where((filter, place) => !IsHarmless(filter) && !IsInner(filter, place, own)).FirstOrDefault();
        return foreign is not null ? $"of the filter {foreign.Name}"
            : policy.Key.HeaderNames.Count > 0 ? "an argument comes from a header"
            : action.BoundProperties.Count > 0 ? "a property of the controller is bound"
            : policy.Key.Arguments.FirstOrDefault(candidate => !IsPlain(candidate)) is { } argument ? $"of how the argument {argument.Name} is bound or validated"
            : Foreign([.. mvc.ModelBinderProviders, .. mvc.ValueProviderFactories, .. mvc.ModelValidatorProviders]);
    }

    /// <summary>Whether MVC's authorization, which runs in filters, has a say in this action.</summary>
    public static bool HasAuthorizationFilter(ControllerActionDescriptor action) =>
        action.FilterDescriptors.Any(filter => IsAny(TypeOf(filter.Filter), Authorizing));

    private static bool IsHarmless(Type filter) => filter == typeof(RedisCachedAttribute) || filter == typeof(EvictionFilter)
        // What only authorizes has spoken; what is none of these is a mere description, as [ProducesResponseType] is.
        || (!IsAny(filter, Outside) && !IsAny(filter, Inside) && !typeof(IFilterFactory).IsAssignableFrom(filter))
        || (IsMicrosofts(filter) && Harmless.Contains(filter.Name));

    // Nearer to the action than the cache, a filter has its say when the response is made, and none on a hit.
    private static bool IsInner(Type filter, int place, int own) => place > own
        && IsAny(filter, Inside) && !IsAny(filter, Outside) && !typeof(IFilterFactory).IsAssignableFrom(filter);

    private static Type TypeOf(IFilterMetadata filter) =>
        filter is ServiceFilterAttribute service ? service.ServiceType : filter is TypeFilterAttribute type ? type.ImplementationType : filter.GetType();

    private static bool IsAny(Type filter, Type[] kinds) => Array.Exists(kinds, kind => kind.IsAssignableFrom(filter));

    // A date without a year, or a time without a day, is bound to another value tomorrow.
    private static bool IsPlain(KeyArgument argument)
    {
        var type = Nullable.GetUnderlyingType(argument.Metadata.ModelType) ?? argument.Metadata.ModelType;
        return !argument.HasOwnBinder && KeyText.Knows(type)
            && !(type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly) || type == typeof(TimeOnly))
            && argument.Metadata.ValidatorMetadata.All(rule => rule.GetType().Assembly == typeof(RangeAttribute).Assembly
                ? rule is not CustomValidationAttribute
                : rule.GetType().GetCustomAttribute<StatelessValidationAttribute>() is not null);
    }

    private static string? Foreign(IEnumerable<object> parts) =>
        parts.FirstOrDefault(part => !IsMicrosofts(part.GetType())) is { } foreign ? $"of {foreign.GetType().Name}" : null;

    private static bool IsMicrosofts(Type type) => type.Assembly.GetName().Name?.StartsWith("Microsoft.AspNetCore.Mvc", StringComparison.Ordinal) == true;
}

using System.ComponentModel.DataAnnotations;
using System.Diagnostics.Contracts;
using System.Reflection;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;

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

    /// <summary>Why hits of this action go the whole way; null where they need not.</summary>
    public static string? ReasonAgainst(ControllerActionDescriptor action, CachePolicy policy, MvcOptions mvc)
    {
        var filters = action.FilterDescriptors.OrderBy(filter => filter.Order).ThenBy(filter => filter.Scope).Select(filter => filter.Filter).ToList();
        var foreign = filters.Where((filter, place) => !IsHarmless(filter) && !IsInner(filter, place, filters.IndexOf(policy.Attribute))).ToList();
        return foreign.Count > 0 ? $"of the filter {foreign[0].GetType().Name}"
            : policy.Key.HeaderNames.Count > 0 ? "an argument comes from a header"
            : action.BoundProperties.Count > 0 ? "a property of the controller is bound"
            : policy.Key.Arguments.FirstOrDefault(argument => !IsPlain(argument)) is { } own ? $"of how the argument {own.Name} is bound or validated"
            : Foreign([.. mvc.ModelBinderProviders, .. mvc.ValueProviderFactories, .. mvc.ModelValidatorProviders]);
    }

    /// <summary>Whether MVC's authorization, which runs in filters, has a say in this action.</summary>
    public static bool HasAuthorizationFilter(ControllerActionDescriptor action) =>
        action.FilterDescriptors.Any(filter => filter.Filter is IAuthorizationFilter or IAsyncAuthorizationFilter);

    private static bool IsHarmless(IFilterMetadata filter) =>
        filter is RedisCachedAttribute || (filter is ServiceFilterAttribute known && known.ServiceType == typeof(EvictionFilter))
        || (filter is IAuthorizationFilter or IAsyncAuthorizationFilter && filter is not (IResourceFilter or IActionFilter or IResultFilter))
        || (IsMicrosofts(filter.GetType()) && Harmless.Contains(filter.GetType().Name));

    // Nearer to the action than the cache, a filter has its say when the response is made, and none on a hit.
    private static bool IsInner(IFilterMetadata filter, int place, int own) => place > own
        && filter is not (IFilterFactory or IResourceFilter or IAsyncResourceFilter or IAlwaysRunResultFilter or IAsyncAlwaysRunResultFilter);

    // A date without a year, or a time without a day, is bound to another value tomorrow.
    private static bool IsPlain(KeyArgument argument)
    {
        var type = Nullable.GetUnderlyingType(argument.Metadata.ModelType) ?? argument.Metadata.ModelType;
        return !argument.HasOwnBinder && KeyText.Knows(type)
            && !(type == typeof(DateTime) || type == typeof(DateTimeOffset) || type == typeof(DateOnly) || type == typeof(TimeOnly))
            && argument.Metadata.ValidatorMetadata.All(rule => rule.GetType().Assembly == typeof(RangeAttribute).Assembly
                ? rule is not CustomValidationAttribute
                : rule.GetType().GetCustomAttribute<PureAttribute>() is not null);
    }

    private static string? Foreign(IEnumerable<object> parts) =>
        parts.FirstOrDefault(part => !IsMicrosofts(part.GetType())) is { } foreign ? $"of {foreign.GetType().Name}" : null;

    private static bool IsMicrosofts(Type type) => type.Assembly.GetName().Name?.StartsWith("Microsoft.AspNetCore.Mvc", StringComparison.Ordinal) == true;
}

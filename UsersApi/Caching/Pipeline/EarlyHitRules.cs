using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Whether a hit may be served before MVC begins: only where binding, validation and filters would do the same again for the same
/// target, and nothing else.
/// </summary>
internal static class EarlyHitRules
{
    // MVC's own, which do nothing to a hit. Some are internal, hence by name.
    private static readonly string[] Harmless =
        ["ModelStateInvalidFilterFactory", "ClientErrorResultFilterFactory", "UnsupportedContentTypeFilter", nameof(ProducesAttribute)];

    // They have their say on each request, wherever they stand.
    private static readonly Type[] AlwaysRun =
    [
        typeof(IAuthorizationFilter), typeof(IAsyncAuthorizationFilter), typeof(IResourceFilter), typeof(IAsyncResourceFilter),
        typeof(IAlwaysRunResultFilter), typeof(IAsyncAlwaysRunResultFilter), typeof(IFilterFactory),
    ];

    // Nearer to the action than the cache, they have their say when the response is made, and none on a hit.
    private static readonly Type[] RunOutside =
    [
        typeof(IActionFilter), typeof(IAsyncActionFilter), typeof(IResultFilter), typeof(IAsyncResultFilter), typeof(IExceptionFilter),
        typeof(IAsyncExceptionFilter),
    ];

    /// <summary>Why hits of this action go through MVC; null where they need not.</summary>
    /// <param name="policy">The rules of the action.</param>
    /// <param name="mvc">The application's binders, value providers and validators.</param>
    /// <param name="filterProviders">What adds filters to a request.</param>
    public static string? ReasonAgainst(CachePolicy policy, MvcOptions mvc, IEnumerable<IFilterProvider> filterProviders)
    {
        var filters = policy.Action.FilterDescriptors.OrderBy(filter => filter.Order).ThenBy(filter => filter.Scope).ToList();
        var own = filters.FindIndex(filter => filter.Filter == policy.Attribute);
        return filters.Where((filter, place) => HasSay(filter.Filter, place > own)).FirstOrDefault() is { } other
                ? $"the filter {other.Filter.GetType().Name} has a say in each request"
            : policy.Key.HeaderNames.Count + policy.Action.BoundProperties.Count > 0
                ? "an argument is bound from a header, or to a property of the controller"
            : policy.Key.Arguments.FirstOrDefault(argument => !DependsOnTargetAlone(argument)) is { } argument
                ? $"the argument {argument.Name} may be bound or validated otherwise the next time"
            : PartsOf(mvc).Concat(filterProviders).FirstOrDefault(part => !MvcTypes.Include(part.GetType())) is { } part
                ? $"{part.GetType().Name} may look at more than the target"
            : null;
    }

    private static IEnumerable<object> PartsOf(MvcOptions mvc) =>
        [.. mvc.ModelBinderProviders, .. mvc.ValueProviderFactories, .. mvc.ModelValidatorProviders];

    private static bool HasSay(IFilterMetadata filter, bool isInside) =>
        filter is not ICachedAction && (filter as ServiceFilterAttribute)?.ServiceType != typeof(EvictionFilter)
        && !(MvcTypes.Include(filter.GetType()) && Harmless.Contains(filter.GetType().Name))
        && AlwaysRun.Concat(isInside ? [] : RunOutside).Any(kind => kind.IsInstanceOfType(filter));

    // A time without a day is bound to another value tomorrow. A validator that takes a context may ask services.
    private static bool DependsOnTargetAlone(KeyArgument argument)
    {
        var type = Nullable.GetUnderlyingType(argument.Metadata.ModelType) ?? argument.Metadata.ModelType;
        return !argument.IsFromElsewhere && KeyText.Knows(type)
            && type != typeof(DateTime) && type != typeof(DateTimeOffset) && type != typeof(DateOnly) && type != typeof(TimeOnly)
            && argument.Metadata.ValidatorMetadata.All(rule => rule is ValidationAttribute { RequiresValidationContext: false } validator
                && !TakesContext(validator.GetType()));
    }

    private static bool TakesContext(Type validator) => validator.GetMethod(
        "IsValid", BindingFlags.Instance | BindingFlags.NonPublic, [typeof(object), typeof(ValidationContext)])?.DeclaringType
        != typeof(ValidationAttribute);
}

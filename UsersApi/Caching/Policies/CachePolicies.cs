using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.Infrastructure;

namespace UsersApi.Caching.Policies;

/// <summary>The policy of each cached action.</summary>
internal sealed class CachePolicies(
    IActionDescriptorCollectionProvider actions, IOptions<RedisCachedOptions> options, IOptions<MvcOptions> mvc,
    ActionBinding binding)
{
    // Actions that the application takes away, with a plug-in say, take their policies with them.
    private readonly ConditionalWeakTable<ActionDescriptor, CachePolicy?> _policies = [];

    /// <summary>The policy of an action; null where it is not cached.</summary>
    public CachePolicy? For(ActionDescriptor action) => _policies.GetOrAdd(action, Create);

    /// <summary>The policy of the action that an endpoint runs; null where it runs none, or none that is cached.</summary>
    public CachePolicy? For(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<ControllerActionDescriptor>() is { } action ? For(action) : null;

    /// <summary>An action of which each user has responses of one's own; null where there is none.</summary>
    public ControllerActionDescriptor? FirstForOneUser => Actions.FirstOrDefault(action => For(action) is { IsForOneUser: true });

    /// <summary>Whether there is a cached action that is found by its names alone.</summary>
    public bool HaveConventional => Actions.Any(action => action.AttributeRouteInfo is null && For(action) is not null);

    private IEnumerable<ControllerActionDescriptor> Actions => actions.ActionDescriptors.Items.OfType<ControllerActionDescriptor>();

    /// <summary>Looks at every action, so that an attribute's mistakes are told at start and not to a client.</summary>
    /// <exception cref="InvalidOperationException">An attribute contradicts its action; the message names it and the remedy.</exception>
    public void Validate()
    {
        var mistakes = Actions
            .SelectMany(action => PolicyMistakes.In(action, For(action)).Select(mistake => $"{action.DisplayName}: {mistake}"))
            .ToList();
        if (mistakes.Count > 0)
        {
            throw new InvalidOperationException(string.Join(
                Environment.NewLine, mistakes.Prepend("[RedisCached] cannot work as it is written:")));
        }
    }

    private CachePolicy? Create(ActionDescriptor descriptor)
    {
        // Filters are ordered from the outside in: the last is the one nearest to the action.
        var attribute = descriptor.FilterDescriptors.OrderBy(filter => filter.Scope)
            .Select(filter => filter.Filter).OfType<ICachedAction>().LastOrDefault();
        return attribute is { Enabled: true } && descriptor is ControllerActionDescriptor action
            && (PolicyMistakes.AnswersGet(action) || PolicyMistakes.IsOnAction(action, attribute))
            ? new CachePolicy(attribute, action, SharesPath(action), options.Value, mvc.Value, binding)
            : null;
    }

    // Such actions are told apart by a header, a host or a media type, of which the path knows nothing.
    private bool SharesPath(ControllerActionDescriptor action) => Actions
        .Any(other => other.Id != action.Id && PolicyMistakes.AnswersGet(other) && TemplateOf(other) == TemplateOf(action));

    private static string TemplateOf(ControllerActionDescriptor action) =>
        RoutePath.WithoutNames(action.AttributeRouteInfo?.Template ?? string.Join('/', action.RouteValues.Values));
}

namespace UsersApi.Caching.Keys;

/// <summary>
/// What MVC makes the arguments of actions of. Its own binders and value providers read what the sources say; those that an application
/// adds, for one parameter, a type or all of them, may read anything.
/// </summary>
internal sealed class ActionBinding(IModelMetadataProvider provider, IModelBinderFactory binders, IOptions<MvcOptions> mvc)
{
    private readonly bool _hasOwnBinders = mvc.Value.ModelBinderProviders.Any(IsNotMvcs);
    private readonly bool _hasOwnValues = mvc.Value.ValueProviderFactories.Any(IsNotMvcs);

    public IReadOnlyList<KeyArgument> ArgumentsOf(ControllerActionDescriptor action) =>
    [
        .. action.Parameters.Cast<ControllerParameterDescriptor>().Select(parameter => new KeyArgument(
            parameter, parameter.ParameterInfo, (provider as ModelMetadataProvider)?.GetMetadataForParameter(parameter.ParameterInfo)
                ?? provider.GetMetadataForType(parameter.ParameterType), this)),
        // A property's own attribute, as in [FromHeader] on a property, is known to its metadata only.
        .. action.BoundProperties.Cast<ControllerBoundPropertyDescriptor>().Select(bound => new KeyArgument(
            bound, bound.PropertyInfo, provider.GetMetadataForProperty(bound.PropertyInfo.DeclaringType!, bound.PropertyInfo.Name), this)),
    ];

    /// <summary>Whether the application's own code makes an argument, or says what it is made of.</summary>
    public bool IsOwn(ModelMetadata model, BindingInfo? info)
    {
        // What is asked for from the query comes from those who say that they read it; what is asked for from nowhere, from all.
        var source = info?.BindingSource ?? model.BindingSource;
        return HasOwnBinder(model, info) || (_hasOwnValues && (source is null || source == BindingSource.ModelBinding));
    }

    /// <summary>Whether a model takes more than the URI: a header, the body, a service, or what the application says.</summary>
    public bool TakesMoreThanUri(ModelMetadata model) =>
        PartsOf(model, []).Any(part => IsElsewhere(part.BindingSource) || HasOwnBinder(part, info: null));

    private bool HasOwnBinder(ModelMetadata model, BindingInfo? info) => (info?.BinderType ?? model.BinderType) is not null
        || (_hasOwnBinders && IsNotMvcs(binders.CreateBinder(new ModelBinderFactoryContext { Metadata = model, BindingInfo = info })));

    private static IEnumerable<ModelMetadata> PartsOf(ModelMetadata model, HashSet<Type> seen)
    {
        if (!model.IsComplexType || !seen.Add(model.ModelType))
            return [];

        IEnumerable<ModelMetadata> parts = model.ElementMetadata is { } element
            ? [element]
            : [.. model.Properties.Where(MayBind), .. model.BoundConstructor?.BoundConstructorParameters ?? []];
        return parts.SelectMany(part => PartsOf(part, seen).Prepend(part));
    }

    private static bool MayBind(ModelMetadata property) => property.IsBindingAllowed && property.ModelType != typeof(CancellationToken)
        && (property.IsComplexType || !property.IsReadOnly);

    private static bool IsElsewhere(BindingSource? source) =>
        source is not null && source != BindingSource.Query && source != BindingSource.Path;

    private static bool IsNotMvcs(object part) => !MvcTypes.Include(part.GetType());
}

using System.ComponentModel;
using System.Reflection;
using Microsoft.AspNetCore.Mvc.Abstractions;

namespace UsersApi.Caching.Keys;

/// <summary>One argument that an action declares: where it comes from, and how its bound value is written into the key.</summary>
internal sealed class KeyArgument
{
    private static readonly ActionContext GetRequest =
        new() { HttpContext = new DefaultHttpContext { Request = { Method = HttpMethods.Get } } };

    private readonly ParameterDescriptor _parameter;
    private readonly ActionBinding _binding;
    private readonly object? _default;

    public KeyArgument(
        ParameterDescriptor parameter, ICustomAttributeProvider declared, ModelMetadata metadata, ActionBinding binding)
    {
        (_parameter, _binding) = (parameter, binding);
        _default = DefaultOf(parameter);
        Metadata = metadata;
        Source = parameter.BindingInfo?.BindingSource ?? Metadata.BindingSource;
        Name = parameter.BindingInfo?.BinderModelName ?? Metadata.BinderModelName ?? parameter.Name;
        IsHashed = declared.IsDefined(typeof(HashedInKeyAttribute), inherit: true);
        IsOwn = binding.IsOwn(metadata, parameter.BindingInfo);
    }

    public string Name { get; }

    public BindingSource? Source { get; }

    public ModelMetadata Metadata { get; }

    /// <summary>
    /// Whether it is none of the request's. An application's own binder may read the request whatever its source says: many say Special,
    /// which hides an argument from documents.
    /// </summary>
    public bool IsService => Metadata.ModelType == typeof(CancellationToken) || (!IsOwn && Source == BindingSource.Services);

    /// <summary>Whether the application's own code makes its value.</summary>
    public bool IsOwn { get; }

    /// <summary>Whether that, or its model, may take something that is not in the URI.</summary>
    public bool MayBeMoreThanUri => IsOwn || _binding.TakesMoreThanUri(Metadata);

    /// <summary>Whether its value comes from elsewhere than path, query and headers: from a source or binder of the application.</summary>
    public bool IsFromElsewhere => IsOwn
        || !(Source is null || Source == BindingSource.Path || Source == BindingSource.Query || Source == BindingSource.ModelBinding
            || Source == BindingSource.Header);

    /// <summary>
    /// False for a property that is bound on other methods alone, as MVC does by itself. An application's own rule may look at anything.
    /// </summary>
    public bool IsBoundOnGet => _parameter.BindingInfo?.RequestPredicate is not { } predicate
        || !MvcTypes.Include(predicate.Method.DeclaringType) || predicate(GetRequest);

    /// <summary>Its name in keys. What is not bound from the query by its name must not pass for what is.</summary>
    public string KeyName => IsFromElsewhere ? $"{{{KeyText.Escaped(Source?.Id ?? "")}:{KeyText.Escaped(_parameter.Name)}}}"
        : Source == BindingSource.Path ? $"{{{KeyText.Escaped(Name)}}}" : KeyText.Escaped(Name);

    /// <summary>Whether its value must not stand in the key's text.</summary>
    public bool IsHashed { get; }

    public bool IsNamed(string name) =>
        string.Equals(name, Name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, _parameter.Name, StringComparison.OrdinalIgnoreCase);

    /// <summary>The value that the action sees: the bound one, or the default that MVC fills in by itself.</summary>
    public object? ValueIn(ActionExecutingContext context) => _parameter is ControllerBoundPropertyDescriptor { PropertyInfo: var property }
        ? property.GetValue(context.Controller)
        : (context.ActionArguments.TryGetValue(_parameter.Name, out var bound) ? bound : null) ?? _default;

    /// <summary>The value of the property of a model that takes a route value of this name; null where it has none.</summary>
    public object? PartIn(ActionExecutingContext context, string name)
    {
        var part = !Metadata.IsComplexType ? null : Metadata.Properties.FirstOrDefault(property => KeyText.Knows(property.ModelType)
            && string.Equals(property.BinderModelName ?? property.PropertyName, name, StringComparison.OrdinalIgnoreCase));
        var source = part?.BindingSource ?? Source ?? BindingSource.Path;
        return (source == BindingSource.Path || source == BindingSource.ModelBinding) && ValueIn(context) is { } model
            ? part?.PropertyGetter?.Invoke(model)
            : null;
    }

    private static object? DefaultOf(ParameterDescriptor parameter)
    {
        if (parameter is not ControllerParameterDescriptor { ParameterInfo: var info })
            return null;

        var type = Nullable.GetUnderlyingType(info.ParameterType) ?? info.ParameterType;
        var value = info.HasDefaultValue ? info.DefaultValue : info.GetCustomAttribute<DefaultValueAttribute>(false)?.Value;
        return value switch
        {
            null => info.ParameterType.IsValueType ? Activator.CreateInstance(info.ParameterType) : null,
            _ when type.IsEnum => Enum.ToObject(type, value),
            _ => value,
        };
    }
}

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
    private readonly object? _default;

    private KeyArgument(ParameterDescriptor parameter, ICustomAttributeProvider declared, ModelMetadata metadata)
    {
        _parameter = parameter;
        _default = DefaultOf(parameter);
        Metadata = metadata;
        Source = parameter.BindingInfo?.BindingSource ?? Metadata.BindingSource;
        Name = parameter.BindingInfo?.BinderModelName ?? Metadata.BinderModelName ?? parameter.Name;
        IsHashed = declared.IsDefined(typeof(HashedInKeyAttribute), inherit: true);
        HasOwnBinder = (parameter.BindingInfo?.BinderType ?? Metadata.BinderType) is not null;
    }

    public string Name { get; }

    public BindingSource? Source { get; }

    public ModelMetadata Metadata { get; }

    public bool HasOwnBinder { get; }

    /// <summary>Whether its value comes from elsewhere than path, query and headers: from a source or binder of the application.</summary>
    public bool IsFromElsewhere => HasOwnBinder
        || !(Source is null || Source == BindingSource.Path || Source == BindingSource.Query || Source == BindingSource.ModelBinding
            || Source == BindingSource.Header);

    /// <summary>False for a property that is bound on other methods alone, as MVC does by itself.</summary>
    public bool IsBoundOnGet => _parameter.BindingInfo?.RequestPredicate?.Invoke(GetRequest) is not false;

    /// <summary>Its name in keys. What is not bound from the query by its name must not pass for what is.</summary>
    public string KeyName => IsFromElsewhere ? $"{{{KeyText.Escaped(Source?.Id ?? "")}:{KeyText.Escaped(_parameter.Name)}}}"
        : Source == BindingSource.Path ? $"{{{KeyText.Escaped(Name)}}}" : KeyText.Escaped(Name);

    /// <summary>Whether its value must not stand in the key's text.</summary>
    public bool IsHashed { get; }

    public bool IsNamed(string name) =>
        string.Equals(name, Name, StringComparison.OrdinalIgnoreCase)
        || string.Equals(name, _parameter.Name, StringComparison.OrdinalIgnoreCase);

    public static IReadOnlyList<KeyArgument> Of(ControllerActionDescriptor action, IModelMetadataProvider provider) =>
    [
        .. action.Parameters.Cast<ControllerParameterDescriptor>().Select(parameter => new KeyArgument(
            parameter, parameter.ParameterInfo, (provider as ModelMetadataProvider)?.GetMetadataForParameter(parameter.ParameterInfo)
                ?? provider.GetMetadataForType(parameter.ParameterType))),
        // A property's own attribute, as in [FromHeader] on a property, is known to its metadata only.
        .. action.BoundProperties.Cast<ControllerBoundPropertyDescriptor>().Select(bound => new KeyArgument(
            bound, bound.PropertyInfo, provider.GetMetadataForProperty(bound.PropertyInfo.DeclaringType!, bound.PropertyInfo.Name))),
    ];

    /// <summary>The value that the action sees: the bound one, or the default that MVC fills in by itself.</summary>
    public object? ValueIn(ActionExecutingContext context) => _parameter is ControllerBoundPropertyDescriptor { PropertyInfo: var property }
        ? property.GetValue(context.Controller)
        : (context.ActionArguments.TryGetValue(_parameter.Name, out var bound) ? bound : null) ?? _default;

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

using System.Collections;
using System.Text;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace UsersApi.Caching;

/// <summary>Writes a bound value by its shape: simple, a collection, or a model of named properties.</summary>
/// <remarks>
/// <c>name=value</c>, once for each element of a collection; <c>name</c> alone for a null element, <c>name[]</c> for an empty
/// collection, <c>name{}</c> for a model, then its properties as <c>name.property=value</c>. Null writes nothing.
/// </remarks>
internal static class KeyShape
{
    private const int MaxDepth = 5;

    public static bool IsCollection(ModelMetadata metadata) =>
        metadata.IsEnumerableType && !KeyText.Knows(metadata.ModelType);

    /// <summary>Whether every value of this type can be written; if not, the raw query stands in the key.</summary>
    public static bool CanWrite(ModelMetadata metadata, int depth = 0)
    {
        if (KeyText.Knows(metadata.ModelType))
            return true;

        if (depth > MaxDepth || metadata.ModelType == typeof(object))
            return false;

        if (metadata.IsEnumerableType)
        {
            // Dictionaries, and collections of collections or models, have no text of which we could prove anything.
            return metadata.ElementMetadata is { } element && KeyText.Knows(element.ModelType)
                && !typeof(IDictionary).IsAssignableFrom(metadata.ModelType);
        }

        var properties = PropertiesOf(metadata).ToList();
        return metadata.IsComplexType && !metadata.ModelType.IsAbstract && properties.Count > 0
            && properties.TrueForAll(property => property.PropertyGetter is not null && CanWrite(property, depth + 1));
    }

    public static void Write(ICollection<string> parts, string name, object? value, ModelMetadata metadata)
    {
        if (value is null)
            return;

        if (KeyText.Knows(metadata.ModelType))
        {
            parts.Add($"{name}={KeyText.Escaped(KeyText.Of(value))}");
        }
        else if (IsCollection(metadata))
        {
            WriteElements(parts, name, (IEnumerable)value);
        }
        else
        {
            parts.Add($"{name}{{}}");
            foreach (var property in PropertiesOf(metadata))
            {
                Write(parts, $"{name}.{KeyText.Escaped(property.PropertyName!)}", property.PropertyGetter!(value), property);
            }
        }
    }

    /// <summary>The headers that a model takes for its properties.</summary>
    public static IEnumerable<string> HeadersIn(ModelMetadata metadata, int depth = 0) =>
        depth > MaxDepth || !metadata.IsComplexType || metadata.IsEnumerableType ? [] : metadata.Properties.SelectMany(property =>
            property.BindingSource == BindingSource.Header ? [property.BinderModelName ?? property.PropertyName!] : HeadersIn(property, depth + 1));

    // A get-only collection or model is filled in place; a get-only value is worked out from others.
    private static IEnumerable<ModelMetadata> PropertiesOf(ModelMetadata metadata) => metadata.Properties
        .Where(property => !property.IsReadOnly || !KeyText.Knows(property.ModelType) || IsBoundByConstructor(metadata, property));

    private static bool IsBoundByConstructor(ModelMetadata metadata, ModelMetadata property) =>
        metadata.BoundConstructor?.BoundConstructorParameters?.Any(parameter =>
            string.Equals(parameter.ParameterName, property.PropertyName, StringComparison.OrdinalIgnoreCase)) == true;

    private static void WriteElements(ICollection<string> parts, string name, IEnumerable elements)
    {
        var joined = new StringBuilder();
        foreach (var element in elements)
        {
            joined.Append(joined.Length == 0 ? "" : "&").Append(name);
            if (element is not null)
            {
                joined.Append('=');
                KeyText.Escape(joined, KeyText.Of(element));
            }
        }

        // One part, so that sorting the parts by name keeps the order of the elements.
        parts.Add(joined.Length == 0 ? $"{name}[]" : joined.ToString());
    }
}

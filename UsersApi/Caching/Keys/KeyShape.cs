using System.Collections;

namespace UsersApi.Caching.Keys;

/// <summary>Writes a bound value: a simple one, or a collection of simple ones.</summary>
/// <remarks>
/// <c>name=value</c>, once for each element of a collection; <c>name</c> alone for a null element, <c>name[]</c> for an empty
/// collection. Null writes nothing. Of other types no text can be proven to tell every two values apart.
/// </remarks>
internal static class KeyShape
{
    /// <summary>Whether every value of this type can be written; if not, the raw query stands in the key.</summary>
    public static bool CanWrite(ModelMetadata metadata) => KeyText.Knows(metadata.ModelType)
        || (metadata.ElementMetadata is { } element && KeyText.Knows(element.ModelType)
            && !typeof(IDictionary).IsAssignableFrom(metadata.ModelType));

    public static void Write(ICollection<string> parts, string name, object? value, ModelMetadata metadata)
    {
        if (value is null)
            return;

        if (KeyText.Knows(metadata.ModelType))
        {
            parts.Add($"{name}={KeyText.Escaped(KeyText.TextOf(value))}");
            return;
        }

        var elements = ((IEnumerable)value).Cast<object?>()
            .Select(element => element is null ? name : $"{name}={KeyText.Escaped(KeyText.TextOf(element))}");
        var joined = string.Join('&', elements);
        // One part, so that sorting the parts by name keeps the order of the elements.
        parts.Add(joined.Length == 0 ? $"{name}[]" : joined);
    }
}

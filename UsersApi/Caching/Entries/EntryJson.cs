using System.Text.Json.Serialization;

namespace UsersApi.Caching.Entries;

/// <summary>Source-generated, so that reading an entry needs no reflection.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(CacheEntry))]
internal sealed partial class EntryJson : JsonSerializerContext;

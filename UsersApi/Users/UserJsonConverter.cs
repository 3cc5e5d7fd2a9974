using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsersApi.Users;

/// <summary>
/// Writes <see cref="UserJson"/> into a document of any serializer, as a filter may use one. <see cref="UserJsonFormatter"/> is
/// how MVC sends it: a serializer would copy the whole array into one block before the first byte leaves.
/// </summary>
internal sealed class UserJsonConverter : JsonConverter<UserJson>
{
    public override UserJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new NotSupportedException("Users as JSON are a response, and are never read.");

    public override void Write(Utf8JsonWriter writer, UserJson value, JsonSerializerOptions options) =>
        writer.WriteRawValue(value.Utf8, skipInputValidation: true);
}

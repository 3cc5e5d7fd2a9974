using System.Net.Mime;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Users;

/// <summary>
/// Writes lists of users as MVC's own formatter does, byte for byte, by the compiled writer: where it streams, the serializer
/// asks for one property after the other instead.
/// </summary>
internal sealed partial class UserListFormatter : TextOutputFormatter
{
    // Below the large-object heap, and what a capture or a socket takes well at once.
    private const int FlushBytes = 32 * 1024;

    private static readonly Action<Utf8JsonWriter, UserResponse> WriteUser = Rows.Default.UserResponse.SerializeHandler!;
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public UserListFormatter()
    {
        SupportedMediaTypes.Add(MediaTypeHeaderValue.Parse(MediaTypeNames.Application.Json));
        SupportedEncodings.Add(Encoding.UTF8);
    }

    public override async Task WriteResponseBodyAsync(OutputFormatterWriteContext context, Encoding selectedEncoding)
    {
        var http = context.HttpContext;
        var body = http.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body, Options);
        var flushed = 0L;
        json.WriteStartArray();
        foreach (var user in (IReadOnlyList<UserResponse>)context.Object!)
        {
            WriteUser(json, user);
            if (json.BytesCommitted + json.BytesPending - flushed < FlushBytes)
                continue;

            json.Flush();
            await body.FlushAsync(http.RequestAborted);
            flushed = json.BytesCommitted;
        }

        json.WriteEndArray();
        await json.FlushAsync(http.RequestAborted);
    }

    protected override bool CanWriteType(Type? type) => typeof(IReadOnlyList<UserResponse>).IsAssignableFrom(type);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Serialization)]
    [JsonSerializable(typeof(UserResponse))]
    private sealed partial class Rows : JsonSerializerContext;
}

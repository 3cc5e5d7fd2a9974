using System.IO.Pipelines;
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
        var aborted = context.HttpContext.RequestAborted;
        try
        {
            await WriteAsync((IReadOnlyList<UserResponse>)context.Object!, context.HttpContext.Response.BodyWriter, aborted);
        }
        catch (OperationCanceledException) when (aborted.IsCancellationRequested)
        {
            // As MVC's own: nobody is left to hear of it.
        }
    }

    protected override bool CanWriteType(Type? type) => typeof(IReadOnlyList<UserResponse>).IsAssignableFrom(type);

    private static async Task WriteAsync(IReadOnlyList<UserResponse> users, PipeWriter body, CancellationToken aborted)
    {
        await using var json = new Utf8JsonWriter(body, Options);
        var flushed = 0L;
        json.WriteStartArray();
        foreach (var user in users)
        {
            WriteUser(json, user);
            if (json.BytesCommitted + json.BytesPending - flushed < FlushBytes)
                continue;

            await json.FlushAsync(aborted);
            await body.FlushAsync(aborted);
            flushed = json.BytesCommitted;
        }

        json.WriteEndArray();
        await json.FlushAsync(aborted);
        await body.FlushAsync(aborted);
    }

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Serialization)]
    [JsonSerializable(typeof(UserResponse))]
    private sealed partial class Rows : JsonSerializerContext;
}

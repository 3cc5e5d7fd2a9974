using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace UsersApi.Users;

/// <summary>
/// Users as the JSON array in which they leave, written one by one while Postgres sends them: as a list of objects, a page of
/// 20,000 lives long enough for the collector to copy it again and again, and is written only when the last row is there.
/// <see cref="UserJsonFormatter"/> sends it without a copy; to any other serializer its converter gives the same bytes.
/// </summary>
[JsonConverter(typeof(UserJsonConverter))]
public sealed partial class UserJson : IDisposable
{
    private static readonly Action<Utf8JsonWriter, UserResponse> WriteUser = Rows.Default.UserResponse.SerializeHandler!;

    // MVC's encoder.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    // In blocks below the large-object heap, from the shared pool; never full.
    private static readonly PipeOptions Buffering =
        new(minimumSegmentSize: 64 * 1024, pauseWriterThreshold: 0, useSynchronizationContext: false);

    private readonly Pipe _pipe = new(Buffering);
    private readonly Utf8JsonWriter _json;
    private ReadOnlySequence<byte> _utf8;

    public UserJson()
    {
        _json = new Utf8JsonWriter(_pipe.Writer, Options);
        _json.WriteStartArray();
    }

    /// <summary>The whole array, once it is complete and until it is disposed.</summary>
    public ReadOnlySequence<byte> Utf8 =>
        !_utf8.IsEmpty ? _utf8 : throw new InvalidOperationException("The array is not complete, or was sent.");

    public void Add(UserResponse user) => WriteUser(_json, user);

    public UserJson Complete()
    {
        _json.WriteEndArray();
        _json.Flush();
        _pipe.Writer.Complete();
        _pipe.Reader.TryRead(out var all);
        _utf8 = all.Buffer;
        return this;
    }

    /// <summary>Gives the blocks back; the collector takes those of an array that was never sent.</summary>
    public void Dispose()
    {
        // The blocks are another response's from here on.
        _utf8 = default;
        _json.Dispose();
        _pipe.Writer.Complete();
        _pipe.Reader.Complete();
    }

    [JsonSourceGenerationOptions(
        PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, GenerationMode = JsonSourceGenerationMode.Serialization)]
    [JsonSerializable(typeof(UserResponse))]
    private sealed partial class Rows : JsonSerializerContext;
}

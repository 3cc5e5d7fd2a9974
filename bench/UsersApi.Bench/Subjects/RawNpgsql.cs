using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Npgsql;
using UsersApi.Data;
using UsersApi.Users;

namespace UsersApi.Bench.Subjects;

/// <summary>A page from Postgres to the client by hand: the driver's reader and the JSON writer, and no row is ever an object.</summary>
internal static class RawNpgsql
{
    private const int FlushBytes = 32 * 1024;

    private const string Sql = """
        SELECT id, email, full_name, is_active, is_superuser, created_at, updated_at, version FROM users WHERE id > $1 ORDER BY id LIMIT $2
        """;

    // The encoder that MVC has too.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    public static async Task ListAsync(HttpContext context)
    {
        var query = context.Request.Query;
        UserCursor.TryDecode(query["after"], out var after);
        var limit = int.Parse(query["limit"]!, CultureInfo.InvariantCulture);
        await using var connection = await context.RequestServices.GetRequiredService<PostgresPrimary>().OpenConnectionAsync();
        await using var command = new NpgsqlCommand(Sql, connection) { Parameters = { new() { Value = after }, new() { Value = limit } } };
        await using var reader = await command.ExecuteReaderAsync();

        context.Response.ContentType = "application/json; charset=utf-8";
        var body = context.Response.BodyWriter;
        await using var json = new Utf8JsonWriter(body, Options);
        var flushed = 0L;
        json.WriteStartArray();
        while (await reader.ReadAsync())
        {
            WriteUser(json, reader);
            if (json.BytesCommitted + json.BytesPending - flushed < FlushBytes)
                continue;

            await json.FlushAsync();
            await body.FlushAsync();
            flushed = json.BytesCommitted;
        }

        json.WriteEndArray();
    }

    private static void WriteUser(Utf8JsonWriter json, NpgsqlDataReader reader)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, reader.GetGuid(0));
        json.WriteString("email"u8, reader.GetString(1));
        if (reader.IsDBNull(2))
            json.WriteNull("fullName"u8);
        else
            json.WriteString("fullName"u8, reader.GetString(2));

        json.WriteBoolean("isActive"u8, reader.GetBoolean(3));
        json.WriteBoolean("isSuperuser"u8, reader.GetBoolean(4));
        json.WriteString("createdAt"u8, reader.GetDateTime(5));
        json.WriteString("updatedAt"u8, reader.GetDateTime(6));
        json.WriteNumber("version"u8, reader.GetInt64(7));
        json.WriteEndObject();
    }
}

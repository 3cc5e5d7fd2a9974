using System.Buffers.Binary;
using System.Text.Json;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace UsersApi.Data;

/// <summary>Keeps the first answer to a request with an <c>Idempotency-Key</c>, in the transaction of its write.</summary>
public sealed class IdempotentAnswers(IOptions<IdempotencyOptions> options)
{
    /// <summary>Finds the first answer. Until the transaction ends, nobody else runs this request.</summary>
    /// <returns>Null where this is the first request.</returns>
    /// <exception cref="RepeatedRequestException">The key is another request's, or that of one that is still running.</exception>
    public static async Task<T?> FindAsync<T>(NpgsqlConnection connection, IdempotentRequest request, CancellationToken cancellationToken)
        where T : class
    {
        const string TryLock = "SELECT pg_try_advisory_xact_lock(@Lock)";
        const string Find = """
            SELECT request = @Fingerprint AS "IsSame", answer AS "Answer" FROM idempotency_keys WHERE key = @Key AND expires_at > now()
            """;
        var (key, fingerprint) = (request.Key.ToArray(), request.Fingerprint.ToArray());
        var lockOfKey = new { Lock = BinaryPrimitives.ReadInt64BigEndian(key) };
        if (!await connection.ExecuteScalarAsync<bool>(new CommandDefinition(TryLock, lockOfKey, cancellationToken: cancellationToken)))
        {
            throw new RepeatedRequestException(isRunning: true);
        }

        // A statement of its own: it has to see what was committed before the lock was free.
        var found = await connection.QueryAsync<(bool IsSame, string Answer)>(
            new CommandDefinition(Find, new { Key = key, Fingerprint = fingerprint }, cancellationToken: cancellationToken));
        return found.AsList() switch
        {
            [] => null,
            [{ IsSame: false }] => throw new RepeatedRequestException(isRunning: false),
            [var first, ..] => JsonSerializer.Deserialize<T>(first.Answer),
        };
    }

    /// <summary>Keeps the answer, and deletes a few that have expired.</summary>
    public async Task KeepAsync<T>(NpgsqlConnection connection, IdempotentRequest request, T answer, CancellationToken cancellationToken)
    {
        const string Keep = """
            DELETE FROM idempotency_keys
            WHERE key = ANY(ARRAY(
                SELECT key FROM idempotency_keys WHERE expires_at <= now() ORDER BY expires_at LIMIT 10 FOR UPDATE SKIP LOCKED));
            INSERT INTO idempotency_keys (key, request, answer, expires_at)
            VALUES (@Key, @Fingerprint, @Answer, now() + @KeepFor)
            ON CONFLICT (key) DO UPDATE
            SET request = excluded.request, answer = excluded.answer, expires_at = excluded.expires_at;
            """;
        var parameters = new
        {
            Key = request.Key.ToArray(),
            Fingerprint = request.Fingerprint.ToArray(),
            Answer = JsonSerializer.Serialize(answer),
            options.Value.KeepFor,
        };
        await connection.ExecuteAsync(new CommandDefinition(Keep, parameters, cancellationToken: cancellationToken));
    }
}

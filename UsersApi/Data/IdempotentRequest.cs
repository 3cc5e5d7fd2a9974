using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace UsersApi.Data;

/// <summary>A request that is carried out once, however often it is sent. What it is known by are hashes: no key is stored.</summary>
public sealed class IdempotentRequest
{
    /// <summary>The header, as draft-ietf-httpapi-idempotency-key-header has it.</summary>
    public const string Header = "Idempotency-Key";

    public const int MostCharacters = 255;

    private IdempotentRequest(byte[] key, byte[] fingerprint) => (Key, Fingerprint) = (key, fingerprint);

    /// <summary>Of the caller and the key: two callers may use one key.</summary>
    public IReadOnlyList<byte> Key { get; }

    /// <summary>Of the target and the payload: another request with the same key is a mistake of the client's.</summary>
    public IReadOnlyList<byte> Fingerprint { get; }

    /// <summary>Reads the header.</summary>
    /// <param name="header">A string of a structured field (RFC 9651, section 3.3.3), or the same without quotes.</param>
    /// <param name="caller">Who sends it.</param>
    /// <param name="target">What it is sent to.</param>
    /// <param name="payload">What is to be written, as it was bound.</param>
    /// <returns>Null where the header holds no key.</returns>
    public static IdempotentRequest? Read(string header, ClaimsPrincipal caller, string target, object payload)
    {
        var key = header.Length > 1 && header[0] == '"' && header[^1] == '"' ? header[1..^1] : header;
        if (key.Length is 0 or > MostCharacters || key.Any(character => character is < '!' or > '~' or '"' or '\\' or ','))
        {
            return null;
        }

        var subject = caller.FindFirstValue("sub") ?? caller.FindFirstValue("client_id") ?? "";
        return new IdempotentRequest(
            Hash(caller.FindFirstValue("iss") ?? "", subject, key),
            Hash(target, JsonSerializer.Serialize(payload, payload.GetType())));
    }

    // As JSON, so that no two lists of texts are the same bytes.
    private static byte[] Hash(params string[] texts) => SHA256.HashData(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(texts)));
}

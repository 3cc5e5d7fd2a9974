using System.Text;
using System.Text.Json;

namespace UsersApi.Tests.Hostile;

/// <summary>A request made of what the OpenAPI document declares and what nobody should send.</summary>
/// <param name="Kinds">The hostilities in it.</param>
/// <param name="Method">Of the request.</param>
/// <param name="Path">Of the target, as it is sent.</param>
/// <param name="Query">Of the target, as it is sent, with its question mark; or nothing.</param>
/// <param name="Bytes">All of it; it ends its connection.</param>
internal sealed record FuzzRequest(IReadOnlyCollection<string> Kinds, string Method, string Path, string Query, byte[] Bytes);

/// <summary>Makes hostile requests for every operation that the served document has.</summary>
internal sealed class Fuzzer(JsonElement document, IReadOnlyList<string> ids, Random random)
{
    private readonly List<(string Method, string Path, JsonElement Operation)> _operations =
    [
        .. document.GetProperty("paths").EnumerateObject().SelectMany(path =>
            // What answers HEAD ends with its headers, whatever length they tell: its reader would wait for the rest.
            path.Value.EnumerateObject().Where(operation => operation.Name != "head").Select(operation => (operation.Name.ToUpperInvariant(), path.Name, operation.Value))),
    ];

    private readonly HashSet<string> _kinds = [];

    public FuzzRequest Next()
    {
        _kinds.Clear();
        var (method, template, operation) = _operations[random.Next(_operations.Count)];
        var path = template.Replace("{id}", random.Next(2) == 0 ? KnownId(method) : Pick(HostileValues.Values), StringComparison.Ordinal);
        var query = QueryOf(operation);
        var request = new StringBuilder($"{method} {path}{query} HTTP/1.1\r\nHost: {(random.Next(3) == 0 ? Foreign() : "localhost")}\r\nConnection: close\r\n");
        if (method != "GET")
        {
            request.Append(WireCase.Token);
        }

        if (random.Next(3) == 0)
        {
            request.Append(Pick(HostileValues.Headers)).Append("\r\n");
        }

        var body = operation.TryGetProperty("requestBody", out var declared) || random.Next(10) == 0 ? Pick(HostileValues.Bodies) : null;
        if (body is not null)
        {
            request.Append("Content-Type: ").Append(MediaTypeOf(declared)).Append("\r\nContent-Length: ").Append(body.Length).Append("\r\n");
        }

        return new FuzzRequest(_kinds.Count == 0 ? ["nothing hostile"] : [.. _kinds], method, path, query, Encoding.Latin1.GetBytes($"{request}\r\n{body}"));
    }

    // Of the declared parameters some, with the document's own example or a hostile value, and some that are not declared.
    private string QueryOf(JsonElement operation)
    {
        List<string> parts = [];
        if (operation.TryGetProperty("parameters", out var parameters))
        {
            parts.AddRange(parameters.EnumerateArray()
                .Where(parameter => parameter.GetProperty("in").GetString() == "query" && random.Next(2) == 0)
                .Select(parameter => $"{parameter.GetProperty("name").GetString()}={(random.Next(3) != 0 && ExampleOf(parameter) is { } good ? good : Pick(HostileValues.Values))}"));
        }

        if (random.Next(3) == 0)
        {
            parts.Add(Pick(HostileValues.Parameters));
        }

        return parts.Count == 0 ? "" : "?" + string.Join('&', parts);
    }

    private static string? ExampleOf(JsonElement parameter) => parameter.TryGetProperty("example", out var example) ? example.ToString().ToLowerInvariant() : null;

    // Only the last one is ever deleted: the others are still to be asked for.
    private string KnownId(string method) => method == "DELETE" ? ids[^1] : ids[random.Next(ids.Count)];

    private string MediaTypeOf(JsonElement requestBody) => random.Next(6) == 0 || requestBody.ValueKind != JsonValueKind.Object
        ? ((string[])["text/plain", "application/json; charset=utf-7", "application/json; charset=utf-16", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ";", "application/json-patch+json"])[random.Next(7)]
        : requestBody.GetProperty("content").EnumerateObject().First().Name;

    private string Foreign()
    {
        _kinds.Add("a foreign Host");
        return Outcomes.ForeignHost;
    }

    private string Pick(IReadOnlyList<Hostile> from)
    {
        var picked = from[random.Next(from.Count)];
        _kinds.Add(picked.Kind);
        return picked.Text;
    }
}

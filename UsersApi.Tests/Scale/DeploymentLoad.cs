using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>Clients of nodes of two releases: each answer has to have its node's form, and no answer may be old.</summary>
internal sealed partial class DeploymentLoad(Uri proxy, IReadOnlyList<Guid> users)
{
    private const int Readers = 3;

    // Nodes, servers and all who ask share a few cores, and hits are fast.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(10);

    private readonly ConcurrentDictionary<int, DeployedNode> _known = new();
    private readonly ConcurrentDictionary<(bool WriterIsNext, bool ReaderIsNext), int> _seenWrites = new();
    private readonly ConcurrentDictionary<bool, int> _hits = new();
    private volatile DeployedNode[] _serving = [];

    /// <summary>What went wrong; empty where nothing did.</summary>
    public ConcurrentQueue<string> Problems { get; } = new();

    /// <summary>How many answers of old, or of new, nodes came from the cache.</summary>
    public int HitsOf(bool isNext) => _hits.GetValueOrDefault(isNext);

    /// <summary>How often a write on a node of one release was read on a node of another one, or of the same.</summary>
    public int SeenWrites(bool writerIsNext, bool readerIsNext) => _seenWrites.GetValueOrDefault((writerIsNext, readerIsNext));

    public void Add(DeployedNode node)
    {
        _known[node.Port] = node;
        _serving = [.. _serving, node];
    }

    /// <summary>Nothing is sent to it any more past the proxy.</summary>
    public void Remove(DeployedNode node) => _serving = [.. _serving.Where(other => other != node)];

    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
    [
        .. Enumerable.Range(1, Readers).Select(seed => ReadAsync(new Random(seed), stop)),
        WriteThroughProxyAsync(stop), WriteAndReadEverywhereAsync(stop),
    ]);

    private async Task ReadAsync(Random random, CancellationToken stop)
    {
        using var client = new HttpClient { BaseAddress = proxy };
        var copies = new Dictionary<string, (string ETag, string Body)>();
        using var pace = new PeriodicTimer(Pace);
        while (!stop.IsCancellationRequested)
        {
            await pace.WaitForNextTickAsync(CancellationToken.None);
            var path = "/api/v1/users" + (random.Next(2) == 0 ? $"?limit={random.Next(1, 6)}" : $"/{users[random.Next(users.Count)]}");
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (random.Next(2) == 0 && copies.TryGetValue(path, out var copy))
                request.Headers.TryAddWithoutValidation("If-None-Match", copy.ETag);
            else
                copy = default;

            using var response = await client.SendAsync(request, CancellationToken.None);
            // 304 says that the copy is what a 200 would bring now.
            var body = response.StatusCode == HttpStatusCode.NotModified
                ? copy.Body ?? "" : await response.Content.ReadAsStringAsync(CancellationToken.None);
            Judge(path, response, body, HttpStatusCode.OK, HttpStatusCode.NotModified);
            if (response.Headers.ETag is { } etag)
                copies[path] = (etag.ToString(), body);
        }
    }

    private async Task WriteThroughProxyAsync(CancellationToken stop)
    {
        using var client = new HttpClient(new SignedWrites(() => TestTokens.Development("users:write"))) { BaseAddress = proxy };
        using var pace = new PeriodicTimer(20 * Pace);
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            await pace.WaitForNextTickAsync(CancellationToken.None);
            using var response = await WriteAsync(client, 0, number);
            Judge("a write", response, await response.Content.ReadAsStringAsync(CancellationToken.None), HttpStatusCode.OK);
        }
    }

    private async Task WriteAndReadEverywhereAsync(CancellationToken stop)
    {
        var random = new Random(0);
        using var pace = new PeriodicTimer(5 * Pace);
        for (var number = 1; !stop.IsCancellationRequested; number++)
        {
            await pace.WaitForNextTickAsync(CancellationToken.None);
            var user = random.Next(1, users.Count);
            var writer = _serving[random.Next(_serving.Length)];
            if (!await TryAsync(writer, async () => (await WriteAsync(writer.Client, user, number)).EnsureSuccessStatusCode().Dispose()))
                continue;

            foreach (var reader in _serving)
                await TryAsync(reader, () => CheckAsync(writer, reader, user, number));
        }
    }

    private async Task CheckAsync(DeployedNode writer, DeployedNode reader, int user, int number)
    {
        var read = await reader.Client.GetFromJsonAsync<JsonElement>($"/api/v1/users/{users[user]}");
        var seen = int.Parse(read.GetProperty("fullName").GetString()!, CultureInfo.InvariantCulture);
        _seenWrites.AddOrUpdate((writer.IsNext, reader.IsNext), 1, (_, count) => count + 1);
        if (seen < number)
            Problems.Enqueue($"write {number} on {Describe(writer)} was acknowledged, and {Describe(reader)} still has {seen}");
    }

    // What is under way on a node that is killed has no answer.
    private async Task<bool> TryAsync(DeployedNode node, Func<Task> request)
    {
        try
        {
            await request();
            return true;
        }
        catch (HttpRequestException error)
        {
            if (_serving.Contains(node))
                Problems.Enqueue($"{Describe(node)}: {error.Message}");

            return false;
        }
    }

    private Task<HttpResponseMessage> WriteAsync(HttpClient client, int user, int number) => client.PutAsJsonAsync(
        $"/api/v1/users/{users[user]}",
        new { email = $"user{user}@example.com", fullName = number.ToString(CultureInfo.InvariantCulture) }, CancellationToken.None);

    private void Judge(string what, HttpResponseMessage response, string body, params HttpStatusCode[] expected)
    {
        // "refused, answered" where nginx asked another one.
        var ports = string.Join(',', response.Headers.TryGetValues(NginxProxy.NodeHeader, out var said) ? said : []).Split(':');
        if (!expected.Contains(response.StatusCode) || !int.TryParse(ports[^1], CultureInfo.InvariantCulture, out var port))
        {
            Problems.Enqueue($"{what}: {(int)response.StatusCode} {body}");
            return;
        }

        var node = _known[port];
        var (all, next) = (User().Count(body), NextUser().Count(body));
        if (all == 0 || next != (node.IsNext ? all : 0))
            Problems.Enqueue($"{what}: {Describe(node)} answered {(int)response.StatusCode} for {body}");

        var status = response.Headers.TryGetValues("Cache-Status", out var values) ? string.Join(',', values) : "";
        if (status.Contains("; hit", StringComparison.Ordinal))
            _hits.AddOrUpdate(node.IsNext, 1, (_, count) => count + 1);
    }

    private static string Describe(DeployedNode node) => $"the {(node.IsNext ? "new" : "old")} node {node.Port}";

    [GeneratedRegex("\"version\":")]
    private static partial Regex User();

    [GeneratedRegex(NextRelease.NewField)]
    private static partial Regex NextUser();
}

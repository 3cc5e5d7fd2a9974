using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using System.Net.Http.Headers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace UsersApi.Desk;

/// <summary>
/// <c>UsersApi cache explain|show|evict|stats|on|off</c>: asks the desk of a node that runs, since only it knows what it has in memory.
/// Prints what the node answers.
/// </summary>
internal sealed class CacheCommand : Command
{
    private const string TokenVariable = "USERSAPI_TOKEN";

    // For a terminal, and for no page.
    private static readonly JsonSerializerOptions Readable =
        new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Option<string> _server = new("--server")
    {
        Description = "The node to ask",
        DefaultValueFactory = _ => "http://localhost:8080",
        Recursive = true,
    };

    private readonly Option<string?> _token = new("--token")
    {
        Description = $"A token with the scope cache:admin; from {TokenVariable} where it is left out",
        Recursive = true,
    };

    public CacheCommand()
        : base("cache", "Explains, shows, evicts and switches the cache of a node that runs")
    {
        Options.Add(_server);
        Options.Add(_token);
        AddExplain();
        AddShow();
        AddEvict();
        AddStats();
        AddSwitch("on", "Switches the cache on, on all nodes", isOn: true);
        AddSwitch("off", "Switches the cache off, on all nodes: every request is answered by its action", isOn: false);
    }

    private void AddExplain()
    {
        var target = new Argument<string>("target") { Description = "Path and query, as in /api/v1/users?limit=20" };
        var headers = new Option<string[]>("--header", "-H") { Description = "A header of the request, as in 'Accept: text/csv'" };
        var dry = new Option<bool>("--no-run") { Description = "Do not run the action on a miss" };
        Add("explain", "Tells what the cache would do with a request, step by step", [target, headers, dry], parsed =>
            (HttpMethod.Post, "explanations", new
            {
                target = parsed.GetRequiredValue(target),
                headers = HeadersOf(parsed.GetValue(headers)!),
                runAction = !parsed.GetValue(dry),
            }));
    }

    private static Dictionary<string, string> HeadersOf(IEnumerable<string> given) => given
        .Select(header => header.Split(':', 2, StringSplitOptions.TrimEntries) is [var name, var value]
            ? (Name: name, Value: value)
            : throw new ValidationException($"\"{header}\" is no header: write it as 'Accept: text/csv'."))
        .GroupBy(header => header.Name, StringComparer.OrdinalIgnoreCase)
        .ToDictionary(same => same.Key, same => string.Join(", ", same.Select(header => header.Value)));

    private void AddShow()
    {
        var key = new Argument<string>("key") { Description = "As explain names it" };
        var body = new Option<bool>("--body") { Description = "With the body, which may hold personal data" };
        Add("show", "Shows a stored response", [key, body], parsed =>
        {
            var escaped = Uri.EscapeDataString(parsed.GetRequiredValue(key));
            return (HttpMethod.Get, $"entries?key={escaped}&body={(parsed.GetValue(body) ? "true" : "false")}", null);
        });
    }

    private void AddEvict()
    {
        var tags = new Option<string[]>("--tag") { Description = "As attributes name them: users, user:5" };
        var paths = new Option<string[]>("--path") { Description = "Every response of it goes" };
        var keys = new Option<string[]>("--key") { Description = "Every response of its path goes" };
        var all = new Option<bool>("--all") { Description = "Everything" };
        Add("evict", "Evicts responses, on all nodes", [tags, paths, keys, all], parsed => (HttpMethod.Post, "evictions", new
        {
            tags = (string[])[.. parsed.GetValue(tags)!, .. parsed.GetValue(all) ? ["all"] : Array.Empty<string>()],
            paths = parsed.GetValue(paths),
            keys = parsed.GetValue(keys),
        }));
    }

    private void AddStats()
    {
        var scan = new Option<int>("--scan") { Description = "Pass so many keys of Redis at most, to count entries there too" };
        Add("stats", "Tells what became of the node's requests since it started", [scan], parsed =>
            (HttpMethod.Get, FormattableString.Invariant($"statistics?scan={parsed.GetValue(scan)}"), null));
    }

    private void AddSwitch(string name, string description, bool isOn) =>
        Add(name, description, [], _ => (HttpMethod.Put, "switch", new { enabled = isOn }));

    private void Add(
        string name, string description, IEnumerable<Symbol> symbols,
        Func<ParseResult, (HttpMethod Method, string Path, object? Body)> request)
    {
        var command = new Command(name, description);
        foreach (var symbol in symbols)
        {
            if (symbol is Argument argument)
            {
                command.Arguments.Add(argument);
            }
            else
            {
                command.Options.Add((Option)symbol);
            }
        }

        command.SetAction((parsed, cancel) => AskAsync(parsed, request(parsed), cancel));
        Subcommands.Add(command);
    }

    private async Task<int> AskAsync(ParseResult parsed, (HttpMethod Method, string Path, object? Body) asked, CancellationToken cancel)
    {
        var token = parsed.GetValue(_token) ?? Environment.GetEnvironmentVariable(TokenVariable)
            ?? throw new ValidationException($"a token with the scope cache:admin is needed: --token, or {TokenVariable}.");
        if (!Uri.TryCreate(parsed.GetRequiredValue(_server), UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
        {
            throw new ValidationException("--server is a URL, as http://localhost:8080.");
        }

        using var client = new HttpClient();
        using var request = new HttpRequestMessage(asked.Method, new Uri(server, $"/api/v1/cache/{asked.Path}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Content = asked.Body is null ? null : JsonContent.Create(asked.Body);
        try
        {
            using var response = await client.SendAsync(request, cancel);
            var text = await response.Content.ReadAsStringAsync(cancel);
            var isJson = response.Content.Headers.ContentType?.MediaType?.EndsWith("json", StringComparison.Ordinal) ?? false;
            var readable = text.Length == 0 ? "done" : isJson ? JsonSerializer.Serialize(JsonElement.Parse(text), Readable) : text;
            await (response.IsSuccessStatusCode ? Console.Out : Console.Error).WriteLineAsync(readable.AsMemory(), cancel);
            return response.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception error) when (error is HttpRequestException or TaskCanceledException && !cancel.IsCancellationRequested)
        {
            throw new ValidationException($"{server} does not answer: {error.Message}");
        }
    }
}

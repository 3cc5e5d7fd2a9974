using System.Globalization;
using System.Text.Encodings.Web;
using UsersApi.Caching.Operations;

namespace UsersApi.Desk;

/// <summary>The HTML of the desk: forms that work without a script, and tables.</summary>
internal static class CachePage
{
    public const string Style = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { max-width: 62rem; margin: 0 auto; padding: 1rem; }
        form { display: flex; flex-wrap: wrap; gap: .5rem; align-items: end; margin: .75rem 0; }
        label { display: flex; flex-direction: column; flex: 1 1 18rem; font-size: .9rem; }
        label.check { flex: 0 0 auto; flex-direction: row; gap: .4rem; align-items: center; }
        input, button { font: inherit; padding: .35rem .6rem; }
        :focus-visible { outline: 3px solid #1a73e8; outline-offset: 2px; }
        table { border-collapse: collapse; width: 100%; }
        caption { text-align: left; font-weight: 600; padding: .5rem 0; }
        th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #8886; vertical-align: top; overflow-wrap: anywhere; }
        td.number { text-align: right; font-variant-numeric: tabular-nums; }
        output { display: block; border-left: 4px solid #1a73e8; padding: .5rem 1rem; margin: 1rem 0; }
        pre { white-space: pre-wrap; overflow-wrap: anywhere; }
        """;

    /// <summary>The form to sign in with.</summary>
    /// <param name="error">What was wrong with the last token; null where there was none.</param>
    /// <param name="at">The path of the desk.</param>
    public static string SignIn(string? error, string at) => Frame("Sign in", at, $"""
        {(error is null ? "" : $"<output role=\"alert\">{H(error)}</output>")}
        <form method="post" action="{H(at)}/session">
        <label>A token with the scope cache:admin <input name="token" type="password" autocomplete="off" required autofocus></label>
        <button>Sign in</button>
        </form>
        """);

    /// <summary>The desk.</summary>
    /// <param name="statistics">The figures of this node.</param>
    /// <param name="isOn">Whether the cache is on.</param>
    /// <param name="result">What came of the last form, as HTML.</param>
    /// <param name="at">The path of the desk.</param>
    public static string Desk(CacheStatistics statistics, bool isOn, string result, string at) => Frame("The cache's desk", at, $"""
        {(result.Length > 0 ? $"<output id=\"result\" tabindex=\"-1\" role=\"status\">{result}</output>" : "")}
        <h2>Explain a request</h2>
        <form method="post" action="{H(at)}/explain">
        <label>Path and query <input name="target" value="/api/v1/users?limit=20" required></label>
        <label>One header <input name="header" placeholder="Authorization: Bearer ..."></label>
        <button>Explain</button>
        </form>
        <h2>Show a stored response</h2>
        <form method="post" action="{H(at)}/show">
        <label>Key <input name="key" required></label>
        <label class="check"><input type="checkbox" name="body" value="true"> with its body</label>
        <button>Show</button>
        </form>
        <h2>Evict, on all nodes</h2>
        <form method="post" action="{H(at)}/evict">
        <label>Tag <input name="tag" placeholder="users"></label>
        <label>Path <input name="path" placeholder="/api/v1/users"></label>
        <label>Key <input name="key"></label>
        <button>Evict</button>
        </form>
        <h2>The cache is {(isOn ? "on" : "off")}</h2>
        <form method="post" action="{H(at)}/switch">
        <input type="hidden" name="enabled" value="{(isOn ? "false" : "true")}">
        <button>Switch it {(isOn ? "off" : "on")}, on all nodes</button>
        </form>
        {Table("Requests to this node since it started", ["Route", "Requests", "Hits", "Reasons"], statistics.Routes.Select(route => new[]
        {
            H(route.Route), N(route.Requests), route.HitRatio.ToString("P1", CultureInfo.InvariantCulture),
            string.Join(", ", route.Reasons.Select(reason => $"{H(reason.Key)} {N(reason.Value)}")),
        }))}
        <p>In memory: {N(statistics.InMemory.Entries)} responses, {N(statistics.InMemory.Bytes)} bytes.</p>
        <form method="post" action="{H(at)}/session"><input type="hidden" name="token" value=""><button>Sign out</button></form>
        """);

    public static string Explanation(CacheExplanation found) => $"""
        <p><strong>{H(found.Verdict)}</strong>: {H(found.Reason)}</p>
        <ol>{string.Concat(found.Steps.Select(step => $"<li>{H(step)}</li>"))}</ol>
        {Table("Tags", ["Tag", "Version", "Stored under"], found.Tags.Select(tag => new[]
        {
            H(tag.Name), H(tag.Version ?? "-"), H(tag.StoredVersion ?? "-"),
        }))}
        """;

    public static string Stored(StoredResponse? found) => found is null ? "<p>Nothing is stored under this key.</p>" : $"""
        {Table(found.Key, ["", ""],
        [
            ["Action", H(found.Action)], ["Status", N(found.Status)], ["Stored", H($"{found.Stored:u}")],
            ["Fresh until", H($"{found.FreshUntil:u}")],
            ["ETag", H(found.ETag)], ["Bytes", N(found.Length)],
            .. found.Headers.Select(header => new[] { H(header.Key), H(header.Value) }),
        ])}
        {(found.Body is { } body ? $"<pre>{H(body)}</pre>" : "")}
        """;

    public static string Text(string sentence) => $"<p>{H(sentence)}</p>";

    private static string Table(string caption, IEnumerable<string> heads, IEnumerable<string[]> rows) => $"""
        <table><caption>{H(caption)}</caption>
        <thead><tr>{string.Concat(heads.Select(head => $"<th scope=\"col\">{H(head)}</th>"))}</tr></thead>
        <tbody>{string.Concat(rows.Select(row => $"<tr>{string.Concat(row.Select(cell => $"<td>{cell}</td>"))}</tr>"))}</tbody></table>
        """;

    private static string Frame(string title, string at, string main) => $"""
        <!DOCTYPE html>
        <html lang="en">
        <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{H(title)} - UsersApi</title>
        <link rel="stylesheet" href="{H(at)}/desk.css"></head>
        <body><main><h1>{H(title)}</h1>
        {main}
        </main></body></html>
        """;

    private static string H(string text) => HtmlEncoder.Default.Encode(text);

    private static string N(long number) => number.ToString("N0", CultureInfo.InvariantCulture);
}

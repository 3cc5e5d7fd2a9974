using System.Text.RegularExpressions;

namespace UsersApi.Tests.Caching.Host;

/// <summary>Runs rows against the framework's output caching, and tells where its answers differ from what they demand.</summary>
internal sealed partial class OutputCacheComparison(Type[] controllers) : IAsyncDisposable
{
    private readonly Lazy<Task<CachedHost>> _cached = new(() => Table.StartOutputCachedAsync(controllers));
    private readonly Lazy<Task<CachedHost>> _plain = new(() => Table.StartPlainAsync(controllers));

    /// <summary>False for rows about this cache's own settings, its feature and its tags, and for those that need the clock, which can't be set there.</summary>
    public static bool HasCounterpart(Row row) =>
        row.Steps.All(step => step.Seconds == 0 && !OwnTargets().IsMatch(step.Target)) && (row.Settings ?? []).Keys.All(key => key == "MaxBodyBytes");

    public async Task<IReadOnlyList<string>> DifferencesAsync(Row row)
    {
        if (!row.IsAlone)
        {
            return await DifferencesAsync(row, await _cached.Value, await _plain.Value);
        }

        await using var cached = await Table.StartOutputCachedAsync(controllers, row);
        await using var plain = await Table.StartPlainAsync(controllers, row);
        return await DifferencesAsync(row, cached, plain);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in new[] { _cached, _plain }.Where(host => host.IsValueCreated))
        {
            await (await host.Value).DisposeAsync();
        }
    }

    private static async Task<IReadOnlyList<string>> DifferencesAsync(Row row, CachedHost cached, CachedHost plain)
    {
        var unique = $"/~{Guid.NewGuid():N}";
        var (etag, differences) = ("", new List<string>());
        foreach (var (step, number) in row.Steps.Select((step, i) => (step, i + 1)))
        {
            var headers = step.Headers.Select(header => (header.Name, header.Value.Replace("{etag}", etag, StringComparison.Ordinal))).ToArray();
            var before = RunsOf(cached, unique);
            var answer = await cached.ExchangeAsync(step.Method, unique + step.Target, headers);
            etag = answer["ETag"] is { Length: > 0 } tag ? tag : etag;
            var computed = row.IsLikePlain && step.Method != "HEAD" && !IsConditional(step) ? await plain.ExchangeAsync(step.Method, unique + step.Target, headers) : null;
            differences.AddRange(Demanded(step, answer, RunsOf(cached, unique), before)
                .Concat(computed is null ? [] : Computed(computed, answer)).Distinct().Select(difference => $"request {number} ({step.Method}): {difference}"));
        }

        return differences;
    }

    private static IEnumerable<string> Demanded(Ask step, RawResponse answer, int runs, int before)
    {
        if (answer.Status != step.Status)
        {
            yield return $"{answer.Status}, not {step.Status}";
        }

        if (step.Body is { } body && answer.Text != body)
        {
            yield return $"body {Short(answer.Text)}, not {Short(body)}";
        }

        var ran = step.Outcome switch
        {
            null => step.Count is { } count ? count - before : runs - before,
            ['h', 'i', 't', ..] => 0,
            _ when step.Outcome.StartsWith("fwd", StringComparison.Ordinal) => 1,
            _ => runs - before,
        };
        if (runs - before != ran)
        {
            yield return ran == 0 ? "ran the action" : "did not run the action";
        }

        foreach (var (header, value) in step.Answer.Where(expected => answer[expected.Name] != (expected.Value ?? "")))
        {
            yield return $"{header} {Said(answer, header)}, not {value ?? "absent"}";
        }
    }

    /// <summary>What the action answers where nothing is cached.</summary>
    private static IEnumerable<string> Computed(RawResponse computed, RawResponse answer)
    {
        if (computed.StatusLine != answer.StatusLine)
        {
            yield return $"{answer.StatusLine[9..]}, not the action's {computed.StatusLine[9..]}";
        }

        if (TraceId().Replace(computed.Text, "") != TraceId().Replace(answer.Text, ""))
        {
            yield return $"body {Short(answer.Text)}, not the action's {Short(computed.Text)}";
        }

        foreach (var (name, value) in computed.Headers.Where(header => header.Name is not ("Content-Length" or "Transfer-Encoding" or "Date") && !answer.Headers.Contains(header)))
        {
            yield return $"{name} {Said(answer, name)}, not the action's {value}";
        }
    }

    private static bool IsConditional(Ask step) =>
        step.Headers.Any(header => header.Name.StartsWith("If-", StringComparison.Ordinal) || header.Name is "Range" or "Accept-Encoding");

    private static int RunsOf(CachedHost host, string pathBase) => host.Services.GetRequiredService<RunCounter>().Of(pathBase);

    // The list is to be the same on every day.
    private static string Said(RawResponse answer, string header) => header == "Date" ? "of today" : answer[header] is { Length: > 0 } said ? said : "missing";

    private static string Short(string text) => text.Length > 40 ? $"of {text.Length} characters" : $"'{text.ReplaceLineEndings(" ")}'";

    [GeneratedRegex("^/control/(feature|profile|mixed|bare)|^/selection/feature|^/items/(tags|tagged|tenant)")]
    private static partial Regex OwnTargets();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();
}

using System.Reflection;
using NUnit.Framework;
using UsersApi.Caching.Tests.Host;
using UsersApi.Caching.Tests.Http;

namespace UsersApi.Caching.Tests.Framework;

/// <summary>
/// The rows of the table against the framework's OutputCaching, for the record: where it answers otherwise than the row
/// demands, or runs the action more or less often. Rows about this cache's own settings and about time are left out.
/// </summary>
[TestFixture]
public sealed class OutputCachingTests
{
    private const string Record = "OutputCaching.differences.txt";

    // What this cache says of itself, and what it adds where an action says nothing.
    private static readonly string[] Own = ["Cache-Status", "Cache-Control", "Age"];

    // What is asked for through this cache's own attribute or feature, and compression, which the framework has in another middleware.
    private static readonly string[] NotItsOwn =
    [
        "An action can opt out", "An action without the attribute is left alone", "The feature's no-store is obeyed",
        "A 204 that the attribute names is stored", "A status that the attribute names is stored", "Each user has responses of one's own, marked private",
        "Everyone shares with credentials too", "Preconditions are not looked at where the status is not 200",
    ];

    private static readonly Type[] Controllers =
        [.. typeof(OutputCachingTests).Assembly.GetTypes().Where(type => type.Name is "CompressedController" or "ConditionsController" or "SplitController"
            or "ControlController" or "PlainController" or "ItemsController" or "HeadersController" or "ResultsController" or "SelectionController" or "LenientController")];

    [Test]
    public async Task The_record_of_what_differs_is_true()
    {
        var seen = new List<string>();
        await using var ours = await Table.StartCachedAsync(Controllers);
        await using var theirs = await Table.StartPlainAsync(Controllers, Framed(null));
        foreach (var (group, row) in Rows().Where(row => IsComparable(row.Group, row.Row)))
        {
            var difference = row.IsAlone ? await DifferenceAsync(row) : await DifferenceAsync(row, ours, theirs);
            if (difference is not null)
                seen.Add($"{group} | {row.Name} | {difference}");
        }

        seen.Sort(StringComparer.Ordinal);
        if (Environment.GetEnvironmentVariable("OUTPUT_CACHING_RECORD") is { Length: > 0 } path)
            await File.WriteAllLinesAsync(path, seen);

        Assert.That(seen, Is.EqualTo(await File.ReadAllLinesAsync(Path.Combine(TestContext.CurrentContext.TestDirectory, "Framework", Record))));
    }

    private static bool IsComparable(string group, Row row) =>
        group != "Compression" && row.Settings is null && row.Steps.All(step => step.Seconds == 0) && !NotItsOwn.Contains(row.Name);

    private static IEnumerable<(string Group, Row Row)> Rows() =>
        from type in typeof(ConditionTests).Assembly.GetTypes()
        let rows = type.GetMethod("Rows", BindingFlags.Static | BindingFlags.NonPublic)
        where rows is not null && type.Namespace == typeof(ConditionTests).Namespace
        orderby type.Name
        from row in (IEnumerable<TestCaseData>)rows.Invoke(null, null)!
        select (type.Name[..^"Tests".Length], (Row)row.Arguments[0]!);

    private static Row Framed(Row? row) => new(row?.Name ?? "")
    {
        Services = services =>
        {
            row?.Services?.Invoke(services);
            services.AddOutputCache(options => options.AddBasePolicy(policy => policy.Expire(TimeSpan.FromSeconds(60))));
        },
        Pipeline = app =>
        {
            row?.Pipeline?.Invoke(app);
            app.UseRouting();
            app.UseOutputCache();
        },
    };

    private static async Task<string?> DifferenceAsync(Row row)
    {
        await using var ours = await Table.StartCachedAsync(Controllers, row);
        await using var theirs = await Table.StartPlainAsync(Controllers, Framed(row));
        return await DifferenceAsync(row, ours, theirs);
    }

    private static async Task<string?> DifferenceAsync(Row row, CachedHost ours, CachedHost theirs)
    {
        var unique = $"/~{Guid.NewGuid():N}";
        var (ourTag, theirTag) = ("", "");
        foreach (var (step, number) in row.Steps.Select((step, i) => (step, i + 1)))
        {
            var our = await AskAsync(ours, step, unique, ourTag);
            var their = await AskAsync(theirs, step, unique, theirTag);
            (ourTag, theirTag) = (our["ETag"] is { Length: > 0 } mine ? mine : ourTag, their["ETag"] is { Length: > 0 } tag ? tag : theirTag);
            var (ourRuns, theirRuns) = (RunsOf(ours, unique), RunsOf(theirs, unique));
            var difference =
                their.Status != step.Status ? $"{their.Status} for {step.Status}"
                : step.Answer.FirstOrDefault(answer => !Own.Contains(answer.Name) && their[answer.Name] != (answer.Value ?? "")) is { Name: { } header } ? $"{header} is not as demanded"
                : step.Body is { } body && their.Text != body ? "another body"
                : our.Status == their.Status && step.Method != "HEAD" && our.Status == 200 && !Same(our, their) ? "another body"
                : theirRuns != ourRuns ? $"{theirRuns} runs for {ourRuns}"
                : null;
            if (difference is not null)
                return $"request {number}: {difference}";
        }

        return null;
    }

    private static Task<RawResponse> AskAsync(CachedHost host, Ask step, string unique, string etag) => host.ExchangeAsync(
        step.Method, unique + step.Target, [.. step.Headers.Select(header => (header.Name, header.Value.Replace("{etag}", etag, StringComparison.Ordinal)))]);

    private static bool Same(RawResponse our, RawResponse their) => our.Body.AsSpan().SequenceEqual(their.Body);

    private static int RunsOf(CachedHost host, string unique) => host.Services.GetRequiredService<RunCounter>().Of(unique);
}

using System.Globalization;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>
/// Thousands of random requests to a cached host and to the same under the kill switch: no answer differs. <c>HTTP_FUZZ_SEED</c>
/// and <c>HTTP_FUZZ_COUNT</c> in the environment repeat it and make it longer.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class DifferentialFuzzTests
{
    private static readonly string[] Paths =
    [
        "/conditions/text", "/conditions/file", "/conditions/own", "/compressed/text", "/compressed/tagged", "/results/object", "/results/bytes", "/results/enumerable", "/results/missing", "/results/body",
        "/control/object", "/control/long", "/control/inner", "/control/outer", "/headers/many", "/Conditions/TEXT", "/COMPRESSED/text", "/control/half", "/headers/cookie",
    ];

    private static readonly string[] Queries = ["value=1", "value=2", "length=2000", "length=2001", "length=30", "n=1", "n=02", "seconds=30", "seconds=9", "x=1", "VALUE=1", "store=false"];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("Accept", ["application/json", "text/plain", "text/json, */*;q=0.1", "text/html", "application/xml;q=0.9, application/json;q=0.8", "text/*", "@"]),
        ("Accept-Encoding", ["gzip", "br", "gzip, br;q=0.5", "identity", "*", "gzip;q=0, br", "identity;q=0", "@"]),
        ("Range", ["bytes=0-3", "bytes=-2", "bytes=5-", "bytes=9999-", "bytes=0-1,3-4", "bytes=x"]),
        ("If-None-Match", ["*", "{etag}", "W/{etag}", "\"x\", {etag}", "\"own\"", "\"1\""]),
        ("If-Match", ["*", "{etag}", "\"x\""]),
        ("If-Range", ["{etag}", "\"x\"", "Thu, 01 Jan 2026 00:00:00 GMT"]),
        ("If-Modified-Since", ["Thu, 01 Jan 2026 00:00:00 GMT", "Wed, 31 Dec 2025 00:00:00 GMT", "x"]),
        ("If-Unmodified-Since", ["Thu, 01 Jan 2026 00:00:00 GMT", "Wed, 31 Dec 2025 00:00:00 GMT"]),
        ("Cache-Control", ["no-cache", "no-store", "max-age=0", "only-if-cached"]),
        ("Authorization", ["Bearer x"]),
        ("X-Ask", ["1", "cancel", "short"]),
    ];

    [Test]
    public async Task No_answer_differs_from_that_under_the_kill_switch()
    {
        var seed = Setting("HTTP_FUZZ_SEED", Environment.TickCount & int.MaxValue);
        var count = Setting("HTTP_FUZZ_COUNT", 3_000);
        await TestContext.Out.WriteLineAsync($"HTTP_FUZZ_SEED={seed} HTTP_FUZZ_COUNT={count}");
        Type[] controllers = [typeof(ConditionTests.ConditionsController), typeof(CompressionTests.CompressedController), typeof(ResultTests.ResultsController), typeof(ControlController), typeof(HeaderTests.HeadersController)];
        await using var cached = await Table.StartCachedAsync(controllers);
        await using var killed = await Table.StartKilledAsync(controllers);
        var random = new Random(seed);
        var (etag, hits) = ("\"none\"", 0);
        for (var i = 0; i < count; i++)
        {
            var (method, target, headers) = Any(random, etag);

            var ours = await cached.ExchangeAsync(method, target, headers);
            var theirs = await killed.ExchangeAsync(method, target, headers);

            hits += ours.Outcome.Contains("hit", StringComparison.Ordinal) ? 1 : 0;
            etag = ours["ETag"] is { Length: > 0 } tag ? tag : etag;
            if (Table.Normalised(ours) != Table.Normalised(theirs))
            {
                Assert.That(Table.Normalised(ours), Is.EqualTo(Table.Normalised(theirs)), $"HTTP_FUZZ_SEED={seed}, request {i}: {method} {target} {string.Join("; ", headers)} ({ours.Outcome})");
            }

            if (random.Next(50) == 0)
            {
                cached.Time.Advance(TimeSpan.FromSeconds(7));
                killed.Time.Advance(TimeSpan.FromSeconds(7));
            }
        }

        Assert.That(hits, Is.GreaterThan(count / 20), "too few hits to have tried anything");
    }

    private static (string Method, string Target, (string Name, string Value)[] Headers) Any(Random random, string etag)
    {
        var queries = Enumerable.Range(0, random.Next(4)).Select(_ => Pick(random, Queries)).ToArray();
        var target = Pick(random, Paths) + (queries.Length == 0 ? "" : "?" + string.Join('&', queries));
        var headers = Headers.Where(_ => random.Next(6) == 0).Select(header => (header.Name, Pick(random, header.Values).Replace("{etag}", etag, StringComparison.Ordinal))).ToArray();
        var method = random.Next(40) == 0 ? "POST" : random.Next(5) == 0 ? "HEAD" : "GET";
        return (method, target, headers);
    }

    private static string Pick(Random random, string[] values) => values[random.Next(values.Length)];

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}

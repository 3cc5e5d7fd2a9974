using System.Globalization;
using System.Security.Claims;
using System.Text;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Inputs;

/// <summary>
/// Random actions, asked by clients that differ in everything, cached and without the attribute: no answer differs.
/// <c>PROGRAM_FUZZ_SEED</c> and <c>PROGRAM_FUZZ_COUNT</c> in the environment repeat it and make it longer.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class RandomActionTests
{
    private static readonly string[] Paths = ["everyone/{0}/1", "everyone/{0}/2", "everyone/{0}/01", "anonymous/{0}/1", "raw/{0}", "vary/{0}", "claims/{0}", "Everyone/{0}/1", "user/{0}"];
    private static readonly string[] Queries = ["", "", "?a=1", "?a=2", "?a=%31", "?a=", "?a", "?a=1&a=2", "?n=1", "?n=01", "?n=2", "?n=2&a=1", "?a=1&n=2", "?A=1", "?x=9", "?a=1&x=9", "?a[b]=1"];
    private static readonly string[] Conditions = ["fwd=bypass", "detail="];

    private static readonly (string Name, string[] Values)[] Headers =
    [
        ("X-A", ["1", "2", ""]), ("X-B", ["1", "2", "1, 2"]), ("X-User", ["ada", "eve"]), ("X-Tenant", ["red", "blue"]), ("Cookie", ["t=1", "t=2", "other=1"]),
        ("Accept", ["application/json", "text/plain", "*/*"]), ("Authorization", ["Bearer x"]), ("Content-Type", ["text/plain"]), ("traceparent", ["00-1", "00-2"]),
    ];

    [TestCase(false), TestCase(true)]
    public async Task No_answer_differs_from_that_of_the_action(bool variesByWhatIsRead)
    {
        var seed = Setting("PROGRAM_FUZZ_SEED", Environment.TickCount & int.MaxValue);
        var count = Setting("PROGRAM_FUZZ_COUNT", 2_500);
        await TestContext.Out.WriteLineAsync($"PROGRAM_FUZZ_SEED={seed} PROGRAM_FUZZ_COUNT={count}");
        var random = new Random(seed);
        // Most reads keep an answer from being stored: of three letters two only say something, or nothing.
        var programs = Enumerable.Range(0, 60).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 3))
            .Select(_ => Pick(random, random.Next(3) > 0 ? ProgramsController.Saying : ProgramsController.Letters)))).ToArray();
        // The one that is asked most often can be stored, whatever the seed.
        programs[0] = "m";
        await using var cached = await StartAsync(new() { ["VaryByWhatIsRead"] = $"{variesByWhatIsRead}" });
        await using var plain = await StartAsync(null);
        var (outcomes, unexplained) = (new Dictionary<string, int>(), new List<string>());
        for (var i = 0; i < count; i++)
        {
            var request = Any(random, programs);

            var ours = RawResponse.Parse(Encoding.Latin1.GetBytes(await cached.SendRawAsync(request)));
            var theirs = RawResponse.Parse(Encoding.Latin1.GetBytes(await plain.SendRawAsync(request)));

            var outcome = ours.Outcome.StartsWith("hit", StringComparison.Ordinal) ? "hit" : ours.Outcome;
            outcomes[outcome] = outcomes.GetValueOrDefault(outcome) + 1;
            Assert.That(Shown(ours), Is.EqualTo(Shown(theirs)), $"PROGRAM_FUZZ_SEED={seed}, request {i} ({ours.Outcome}): {request}");
            if (outcome != "hit" && !ours.Outcome.EndsWith("stored", StringComparison.Ordinal) && !Conditions.Any(ours.Outcome.Contains))
            {
                unexplained.Add($"{ours.Outcome}: {request}");
            }
        }

        var hits = outcomes.GetValueOrDefault("hit");
        await TestContext.Out.WriteLineAsync(string.Join('\n', outcomes.OrderByDescending(pair => pair.Value).Select(pair => $"{pair.Value} of {count}: {pair.Key}")));
        Assert.That(unexplained, Is.Empty, "answers that are neither cached nor have a reason");
        Assert.That(hits, Is.GreaterThan(count * 3 / 10), "too few hits to have tried anything");
    }

    private static Task<CachedHost> StartAsync(Dictionary<string, string?>? settings) => settings is not null
        ? Table.StartCachedAsync([typeof(ProgramsController)], new Row("") { Settings = settings, Pipeline = UseClients })
        : Table.StartPlainAsync([typeof(ProgramsController)], new Row("") { Pipeline = UseClients });

    private static void UseClients(WebApplication app)
    {
        app.UseRouting();
        app.Use((http, next) =>
        {
            if (http.Request.Headers["X-User"].ToString() is { Length: > 0 } user)
            {
                http.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", user), new Claim("scope", user[..1])], "test"));
            }

            if (http.Request.Headers["X-Tenant"].ToString() is { Length: > 0 } tenant)
            {
                http.Request.RouteValues["tenant"] = tenant;
            }

            return next(http);
        });
    }

    private static string Any(Random random, string[] programs)
    {
        // Some programs are asked far more often than others, so that there are hits.
        var program = programs[(int)(programs.Length * Math.Pow(random.NextDouble(), 3))];
        var target = string.Format(CultureInfo.InvariantCulture, Paths[(int)(Paths.Length * Math.Pow(random.NextDouble(), 3))], program) + Queries[(int)(Queries.Length * Math.Pow(random.NextDouble(), 3))];
        var request = new StringBuilder($"GET /programs/{target} HTTP/1.1\r\nHost: test.example\r\nConnection: close\r\n");
        foreach (var (name, values) in Headers.Where(_ => random.Next(10) == 0))
        {
            request.Append(CultureInfo.InvariantCulture, $"{name}: {values[random.Next(values.Length)]}\r\n");
        }

        var body = random.Next(20) == 0 ? "a=9&n=8" : "";
        return request.Append(body.Length > 0 ? $"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {body.Length}\r\n" : "").Append("\r\n").Append(body).ToString();
    }

    /// <summary>All that the action decides: status, body and its own headers.</summary>
    private static string Shown(RawResponse response) => string.Join('\n',
        [$"{response.Status}", response.Text, .. ((string[])["Content-Type", "X-Said"]).Select(name => $"{name}: {response[name]}")]);

    private static char Pick(Random random, string letters) => letters[random.Next(letters.Length)];

    private static int Setting(string name, int otherwise) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
}

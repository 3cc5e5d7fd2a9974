using System.Globalization;
using System.Text.RegularExpressions;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hostile;

/// <summary>Whatever comes in: no 5xx, nobody else's bytes, no key in Redis that is not a valid request's, no host made up by a client.</summary>
public sealed partial class HostileTests
{
    private const int ShortForm = 700;

    private readonly Outcomes _outcomes = new();
    private UsersApiHost _api = null!;
    private RawServer _server = null!;
    private string[] _ids = [];

    // Every host is allowed, so that a foreign one comes as far as it can.
    [SetUp]
    public async Task StartApi()
    {
        _api = await UsersApiHost.StartAsync(settings: [("AllowedHosts", "*"), ("Api:RefuseUnknownParameters", "false")]);
        _server = new RawServer(_api.Client.BaseAddress!);
        for (var user = 0; user < 12; user++)
        {
            await _api.Client.CreateUserAsync($"user{user}@example.com", user == 11 ? WireCase.HiddenName : $"User {user}", isActive: user % 3 != 0);
        }

        _ids = [.. (await _api.Client.GetJsonAsync(Http.Users)).EnumerateArray().Select(user => user.GetProperty("id").GetString()!)];
    }

    [TearDown]
    public async Task StopApi() => await _api.DisposeAsync();

    [Test]
    public async Task Requests_made_of_the_document_and_of_malice_do_no_harm()
    {
        var seed = Number("HOSTILE_SEED") ?? Random.Shared.Next();
        await TestContext.Progress.WriteLineAsync($"hostile: seed {seed}; HOSTILE_SEED repeats it, HOSTILE_REQUESTS, {ShortForm} by default, makes it longer");
        var fuzzer = new Fuzzer(await _api.Client.GetJsonAsync("/openapi/v1.json"), _ids, new Random(seed));
        for (var i = Number("HOSTILE_REQUESTS") ?? ShortForm; i > 0; i--)
        {
            var request = fuzzer.Next();
            var answers = await _server.SendAsync(request.Bytes);
            _outcomes.Add(request.Kinds, answers);
            if (answers is [{ Status: 200 } answer] && request.Method == "GET")
            {
                await CompareAsync(request, answer);
            }
        }

        await ReportAsync("fuzz", $"fuzz over the OpenAPI document, seed {seed}");
    }

    [Test]
    public async Task Bytes_that_are_no_proper_HTTP_do_no_harm()
    {
        foreach (var one in WireCase.All)
        {
            var answers = await _server.SendAsync(one.Bytes);
            _outcomes.Add([one.Name], answers.Count > 2 && answers.All(answer => answer.Status == 200) ? [answers[0], answers[^1]] : answers);
            if (answers.Any(answer => answer.Text.Contains(WireCase.HiddenName, StringComparison.Ordinal)))
            {
                _outcomes.Fail(one.Name, "what hid in a body was answered");
            }
        }

        await ReportAsync("wire", "raw bytes");
    }

    /// <summary>What came may have come from the cache: it must be what Postgres says now, to the byte.</summary>
    private async Task CompareAsync(FuzzRequest request, RawAnswer answer)
    {
        var isList = request.Path == Http.Users;
        if (isList)
        {
            var uncached = await _server.GetAsync($"{Http.Users}/nocache{request.Query}");
            if (uncached.Status != 200 || !uncached.Body.AsSpan().SequenceEqual(answer.Body))
            {
                _outcomes.Fail(string.Join(", ", request.Kinds), $"{request.Path}{request.Query} is {answer.Text}, not {uncached.Text}");
            }
        }
        else if (Guid.TryParse(Uri.UnescapeDataString(request.Path[(request.Path.LastIndexOf('/') + 1)..]), out var id))
        {
            var users = await _api.Client.GetJsonAsync($"{Http.Users}/nocache?limit=20000");
            var right = users.EnumerateArray().Single(user => user.GetProperty("id").GetGuid() == id).GetRawText();
            if (answer.Text != right)
            {
                _outcomes.Fail(string.Join(", ", request.Kinds), $"{request.Path} is {answer.Text}, not {right}");
            }
        }
    }

    private async Task ReportAsync(string name, string title)
    {
        var report = string.Create(CultureInfo.InvariantCulture, $"### {title}: {_outcomes.Tried:N0} tried, {_outcomes.Violations.Count} harmful\n\n{_outcomes}");
        await TestContext.Progress.WriteLineAsync(report);
        if (Environment.GetEnvironmentVariable("HOSTILE_REPORT") is { } folder)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{name}.md"), report);
        }

        var keys = (await TestRedis.KeysAsync(_api.Prefix)).ConvertAll(key => key[_api.Prefix.Length..]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(_outcomes.Violations, Is.Empty, string.Join('\n', _api.Logs.At(LogLevel.Error)));
            Assert.That(keys.Where(key => !Tag().IsMatch(key)), Is.Not.Empty.And.All.Match(Entry()));
            Assert.That((await _server.GetAsync("/health/ready")).Status, Is.EqualTo(200));
        }
    }

    private static int? Number(string variable) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    // Tags are folded into so many buckets a word. And the leases.
    [GeneratedRegex(@"^v\d+:\{tag\}[:#]", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();

    // What a valid request binds, written in one way; of emails, and of cursors, which may hold one, a hash.
    [GeneratedRegex("^v\\d+:[0-9a-f]{8}:get:/api/v1/users(/[0-9a-f-]{36}|:(include=total&)?(isActive=(true|false)&)?limit=[1-9][0-9]{0,4}&skip=(0|[1-9][0-9]{0,9})(&sort=(-|%2D)?(createdAt|email))?(:(\\?after)?&?(\\?email)?~[0-9a-f]{32})?)$", RegexOptions.CultureInvariant)]
    private static partial Regex Entry();
}

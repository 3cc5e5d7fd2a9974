using FsCheck;
using FsCheck.Fluent;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Keys;

/// <summary>
/// Keys from end to end: over arbitrary requests to an action, equal bound values share one response and different ones never
/// do. The action answers with what was bound, so that a shared key is a wrong body and a split one a run too many.
/// </summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed class KeyPropertyTests
{
    private static readonly Type[] Controllers = [typeof(KeysController), typeof(PropertiesController)];
    private static readonly string?[] Texts = [null, "", "a", "A", "b", "a%26b", "a%3Db", "%E2%82%AC", "%25", "a+b", "a,b", "%EF%BF%BD"];
    private static readonly string?[] Numbers = [null, "0", "1", "01", "-1", "2"];
    private static readonly string?[] Names = [null, "Red", "red", "0", "1", "Green"];

    private readonly Lazy<Task<(CachedHost Cached, CachedHost Plain)>> _hosts = new(StartAsync);

    private static IEnumerable<TestCaseData> Shapes() => new Shape[]
    {
        new("texts", "/keys/texts", [("q", Texts), ("Q2", Texts)]), new("numbers", "/keys/numbers", [("i", Numbers), ("l", Numbers), ("n", Numbers), ("s", Numbers)]),
        new("fractions", "/keys/fractions", [("d", [null, "1", "1.0", "01", "1.5"]), ("x", [null, "0", "-0", "1e3", "1000", "0.1"]), ("b", [null, "true", "TRUE", "false"])]),
        new("times", "/keys/times", [("at", [null, "2026-01-02", "2026-01-02T00:00:00", "2026-01-02T00:00:00Z"]), ("on", [null, "2026-01-02", "2026-01-03"]), ("with", [null, "2026-01-02T00:00:00%2B00:00", "2026-01-02T01:00:00%2B01:00"]), ("id", [null, "6F9619FF-8B86-D011-B42D-00C04FC964FF", "6f9619ff-8b86-d011-b42d-00c04fc964ff"])]),
        new("enums", "/keys/enums", [("color", Names), ("days", [null, "Mon", "Tue", "Mon,Tue", "Tue,Mon", "3", "0", "1"])]),
        new("lists", "/keys/lists", [("a", Texts), ("a", Texts), ("n", Numbers), ("n", Numbers)]),
        new("models", "/keys/models", [("Name", Texts), ("Inner.Size", Numbers), ("Tags", Texts), ("Tags", Texts), ("Color", Names)], IsCanonical: false),
        new("models filled in place", "/keys/filled", [("Name", Texts), ("Tags", Texts), ("Tags", Texts), ("Inner.Size", Numbers)], IsCanonical: false),
        new("records", "/keys/records", [("Page", Numbers), ("Text", Texts)], IsCanonical: false), new("prefixed models", "/keys/prefixed", [("first.Name", Texts), ("second.Name", Texts), ("first.Color", Names)], IsCanonical: false),
        new("properties of the controller", "/keys/properties", [("bound", Texts), ("own", Numbers)]),
        new("headers", "/keys/headers", [("@X-Text", ["a", "b", "a,b", "%26"]), ("@X-Number", ["0", "1", "01"]), ("q", Numbers)]),
        new("dictionaries", "/keys/dictionary", [("Map[a]", Texts), ("Map[b]", Texts), ("Name", Texts)], IsCanonical: false),
        new("route values", "/keys/routes/{0}/{1}", [("{0}", ["0", "1", "01", "-1"]), ("{1}", ["a", "A", "b", "%25", "a%20b", "a.b", "a:b"]), ("q", Texts)]),
        new("catch-all", "/keys/rest/{0}", [("{0}", ["", "a", "a/b", "a%2Fb", "a//b", "b", "a/b/"])], IsCanonical: false),
        new("parts of a segment", "/keys/parts/{0}.{1}", [("{0}", ["a", "a.b", "b", "a%26b"]), ("{1}", ["c", "b", "bc", "%7Bb%7D"])], HasUndeclared: false),
        new("the raw query", "/keys/raw", [("a", Texts), ("b", Texts), ("a", Texts)], IsCanonical: false, HasUndeclared: false),
    }.Select(shape => new TestCaseData(shape).SetName($"Keys of {shape.Name} are injective{(shape.IsCanonical ? " and canonical" : "")}"));

    [TestCaseSource(nameof(Shapes))]
    public async Task Key_is_injective_and_canonical(Shape shape)
    {
        var (cached, plain) = await _hosts.Value;
        var last = "";
        try
        {
            Property.Holds(shape.Requests(), requests => HoldsAsync(requests).GetAwaiter().GetResult(), tests: 12);
        }
        catch (Exception failure) when (last.Length > 0)
        {
            Assert.Fail($"{last}\n{failure.Message}");
        }

        async Task<bool> HoldsAsync(Request[] requests)
        {
            var unique = $"/~{Guid.NewGuid():N}";
            var bodies = new HashSet<string>(StringComparer.Ordinal);
            foreach (var request in requests)
            {
                var (ours, theirs) = (await cached.GetAsync(unique + request.Target, request.Headers), await plain.GetAsync(unique + request.Target, request.Headers));
                var (body, bound) = (await ours.Content.ReadAsStringAsync(), await theirs.Content.ReadAsStringAsync());
                if (ours.StatusCode != theirs.StatusCode || (ours.IsSuccessStatusCode && body != bound))
                {
                    last = $"{request} was answered {body}, and has {bound}.";
                    return false;
                }

                if (theirs.IsSuccessStatusCode)
                {
                    bodies.Add(bound);
                }
            }

            var runs = cached.Services.GetRequiredService<RunCounter>().Of(unique);
            if (shape.IsCanonical && runs != bodies.Count)
            {
                last = $"{bodies.Count} different values had {runs} keys: {string.Join(" | ", requests.AsEnumerable())}.";
                return false;
            }

            return true;
        }
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_hosts.IsValueCreated)
        {
            var (cached, plain) = await _hosts.Value;
            await cached.DisposeAsync();
            await plain.DisposeAsync();
        }
    }

    private static async Task<(CachedHost Cached, CachedHost Plain)> StartAsync() =>
        (await Table.StartCachedAsync(Controllers), await Table.StartPlainAsync(Controllers));

    public sealed record Request(string Target, (string Name, string Value)[] Headers)
    {
        public override string ToString() => Target + string.Concat(Headers.Select(header => $" {header.Name}: {header.Value}"));
    }

    /// <summary>An action and the values that its parameters may have: @ marks a header, {0} a route value.</summary>
    public sealed record Shape(string Name, string Path, (string Name, string?[] Values)[] Parameters, bool IsCanonical = true, bool HasUndeclared = true)
    {
        internal Gen<Request[]> Requests()
        {
            var choice = Gen.Choose(0, 1_000_000).ArrayOf((Parameters.Length * 2) + 2);
            return choice.Select(Of).ArrayOf(12);
        }

        private Request Of(int[] choices)
        {
            var values = Parameters.Select((parameter, i) => (parameter.Name, Value: parameter.Values[choices[i] % parameter.Values.Length])).ToList();
            var path = values.Where(value => value.Name.StartsWith('{')).Aggregate(Path, (path, value) => path.Replace(value.Name, value.Value, StringComparison.Ordinal));
            var query = values.Where(value => value.Value is not null && value.Name[0] is not ('{' or '@')).Select(value => (value.Name, Value: value.Value!)).ToList();
            // Another order of the names, and another case of them; repeated values keep their order.
            if (choices[^1] % 2 == 0)
            {
                query = [.. query.OrderByDescending(pair => pair.Name, StringComparer.Ordinal)];
            }

            if (HasUndeclared && choices[^1] % 3 == 0)
            {
                query = [.. query.Select(pair => (pair.Name.Contains('[', StringComparison.Ordinal) ? pair.Name : pair.Name.ToUpperInvariant(), pair.Value)), ("utm_source", "x")];
            }

            var text = string.Join('&', query.Select(pair => $"{pair.Name}={pair.Value}"));
            return new Request(text.Length == 0 ? path : $"{path}?{text}", [.. values.Where(value => value.Name[0] == '@' && value.Value is not null).Select(value => (value.Name[1..], value.Value!))]);
        }
    }
}

using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

/// <summary>Lists in an order that the client names, page by page, and how many users there are in all.</summary>
public sealed partial class SortTests : SharedApiTest
{
    private const int Count = 100;
    private static readonly string[] Sorts = ["createdAt", "-createdAt", "email", "-email"];

    // Times that many share, in another order than the ids; addresses in both cases.
    [SetUp]
    public async Task Seed()
    {
        await Seeding.SeedAsync(Api, Count);
        await Api.Database.ExecuteAsync(
            """
            UPDATE users SET created_at = timestamptz '2020-01-01' - make_interval(days => mod(ascii(email), 7)),
                email = CASE WHEN is_active THEN upper(email) ELSE email END
            """);
    }

    [TestCaseSource(nameof(Sorts))]
    public async Task Pages_of_a_sort_hold_every_user_once_in_its_order(string sort)
    {
        var visited = new List<JsonElement>();
        for (var url = $"{Http.Users}?limit=7&sort={sort}"; url is not null;)
        {
            using var response = await Client.FetchAsync(url);
            visited.AddRange((await response.BodyAsync()).EnumerateArray());
            url = NextOf(response);
        }

        var key = sort.EndsWith("email", StringComparison.Ordinal) ? EmailOf : (Func<JsonElement, string>)TimeAndIdOf;
        var sorted = visited.OrderBy(key, StringComparer.Ordinal).ToList();
        if (sort[0] == '-')
        {
            sorted.Reverse();
        }

        Assert.That(visited, Has.Count.EqualTo(Count));
        Assert.That(visited.Select(IdOf), Is.EqualTo(sorted.Select(IdOf)));
        Assert.That(visited.Select(IdOf), Is.Unique);
    }

    [Test]
    public async Task Users_of_the_first_time_that_there_is_are_paged_as_others([Values("createdAt", "-createdAt")] string sort)
    {
        const int Pages = 10;
        await Api.Database.ExecuteAsync("UPDATE users SET created_at = '0001-01-01 00:00:00+00'");

        var visited = new List<string>();
        var url = $"{Http.Users}?limit={Count / Pages}&sort={sort}";
        for (var page = 1; page <= Pages && url is not null; page++)
        {
            using var response = await Client.FetchAsync(url);
            visited.AddRange((await response.BodyAsync()).EnumerateArray().Select(IdOf));
            url = NextOf(response);
        }

        Assert.That(visited, Is.Unique.And.Exactly(Count).Items);
        Assert.That(url, Is.Null);
    }

    [TestCaseSource(nameof(Sorts))]
    public async Task Skipping_counts_in_the_same_order(string sort)
    {
        var all = await Client.GetJsonAsync($"{Http.Users}?limit={Count}&sort={sort}&isActive=true");
        var some = await Client.GetJsonAsync($"{Http.Users}?limit=5&skip=10&sort={sort}&isActive=true");

        Assert.That(some.EnumerateArray().Select(IdOf), Is.EqualTo(all.EnumerateArray().Skip(10).Take(5).Select(IdOf)));
    }

    [Test]
    public async Task Cursor_of_one_sort_is_refused_by_every_other()
    {
        foreach (var sort in (string?[])[null, .. Sorts])
        {
            using var first = await Client.FetchAsync($"{Http.Users}?limit=3{(sort is null ? "" : $"&sort={sort}")}");
            var after = After.Match(NextOf(first)!).Groups[1].Value;
            foreach (var other in ((string?[])[null, .. Sorts]).Where(other => other != sort))
            {
                using var response = await Client.FetchAsync($"{Http.Users}?after={after}{(other is null ? "" : $"&sort={other}")}");
                Assert.That((await response.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EqualTo(new[] { "after" }));
            }
        }
    }

    [TestCase("sort=name", "sort"), TestCase("sort=", "sort"), TestCase("sort=Email", "sort"), TestCase("include=", "include")]
    [TestCase("include=count", "include"), TestCase("sort=email&after=BAA", "after"), TestCase("sort=email&after=BP8", "after")]
    [TestCase("sort=createdAt&after=AgAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAA", "after")]
    public async Task Other_values_are_refused_by_name(string query, string field)
    {
        using var response = await Client.FetchAsync($"{Http.Users}?{query}");

        Assert.That((await response.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EqualTo(new[] { field }));
    }

    [TestCase("", Count), TestCase("&skip=90", Count), TestCase("&skip=1000", Count), TestCase("&email=nobody@example.com", 0)]
    public async Task Total_is_told_where_it_was_asked_for_by_misses_and_hits(string query, int total)
    {
        for (var i = 0; i < 2; i++)
        {
            using var response = await Client.FetchAsync($"{Http.Users}?limit=5&include=total{query}");
            Assert.That(TotalOf(response), Is.EqualTo(total));
        }

        using var without = await Client.FetchAsync($"{Http.Users}?limit=5{query}");
        Assert.That(TotalOf(without), Is.Null);
    }

    [Test]
    public async Task Total_is_in_every_page_and_counts_what_the_filter_keeps()
    {
        var active = await Api.Database.ScalarAsync<int>("SELECT count(*) FROM users WHERE is_active");
        using var first = await Client.FetchAsync($"{Http.Users}?limit=5&isActive=true&include=total&sort=email");
        using var second = await Client.FetchAsync(NextOf(first)!);

        Assert.That((TotalOf(first), TotalOf(second)), Is.EqualTo((active, active)));
    }

    private static int? TotalOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Total-Count", out var values)
            ? int.Parse(values.Single(), System.Globalization.CultureInfo.InvariantCulture)
            : null;

    private static string IdOf(JsonElement user) => user.GetProperty("id").GetString()!;

    private static string EmailOf(JsonElement user) => user.GetProperty("email").GetString()!.ToLowerInvariant();

    private static string TimeAndIdOf(JsonElement user) => user.GetProperty("createdAt").GetString() + IdOf(user);

    private static string? NextOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var values) ? NextLink.Match(values.Single()).Groups[1].Value : null;

    [GeneratedRegex("^<(.*)>; rel=\"next\"$")]
    private static partial Regex NextLink { get; }

    [GeneratedRegex("[?&]after=([^&]*)")]
    private static partial Regex After { get; }
}

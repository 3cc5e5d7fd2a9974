using System.Net;
using System.Text.RegularExpressions;
using UsersApi.Tests.Host;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed partial class ListTests : SharedApiTest
{
    private const int Count = 250;

    [SetUp]
    public Task Seed() => Seeding.SeedAsync(Api, Count);

    [Test]
    public async Task Twenty_users_in_the_order_of_their_ids_by_default()
    {
        var ids = Ids(await Client.GetJsonAsync(Http.Users));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ids, Has.Count.EqualTo(20));
            Assert.That(ids, Is.Ordered.Using<string>(StringComparer.Ordinal));
        }
    }

    [Test]
    public async Task A_user_has_the_fields_that_the_contract_names_in_camelCase()
    {
        var user = (await Client.GetJsonAsync($"{Http.Users}?limit=1"))[0];

        Assert.That(
            user.EnumerateObject().Select(member => member.Name),
            Is.EqualTo(new[] { "id", "email", "fullName", "isActive", "isSuperuser", "createdAt", "updatedAt", "version" }));
    }

    [Test]
    public async Task Skip_and_limit_cut_a_slice()
    {
        var all = Ids(await Client.GetJsonAsync($"{Http.Users}?limit={Count}"));

        Assert.That(Ids(await Client.GetJsonAsync($"{Http.Users}?skip=100&limit=7")), Is.EqualTo(all.Slice(100, 7)));
    }

    [Test]
    public async Task Skipping_past_the_end_gives_an_empty_array() =>
        Assert.That((await Client.GetJsonAsync($"{Http.Users}?skip=2147483647")).GetArrayLength(), Is.Zero);

    [TestCase("limit=60")]
    [TestCase("limit=50")]
    [TestCase("limit=7&isActive=true")]
    [TestCase("limit=3&isActive=false")]
    public async Task Following_the_links_visits_every_user_once(string query)
    {
        var expected = Ids(await Client.GetJsonAsync($"{Http.Users}?{query}&limit=20000".Replace(LimitOf(query), "", StringComparison.Ordinal)));
        var visited = new List<string>();
        for (var url = $"{Http.Users}?{query}"; url is not null;)
        {
            using var response = await Client.FetchAsync(url);
            visited.AddRange(Ids(await response.BodyAsync()));
            url = NextOf(response);
            Assert.That(url, Is.Null.Or.StartsWith("/api/v1/users?"), "relative, and the same list");
        }

        Assert.That(visited, Is.EqualTo(expected));
    }

    [Test]
    public async Task A_page_that_ends_with_the_last_user_has_no_link()
    {
        using var response = await Client.FetchAsync($"{Http.Users}?limit={Count}");

        Assert.That(NextOf(response), Is.Null);
    }

    [Test]
    public async Task A_page_after_skipping_links_to_the_one_after_it()
    {
        var all = Ids(await Client.GetJsonAsync($"{Http.Users}?limit={Count}"));
        using var response = await Client.FetchAsync($"{Http.Users}?skip=10&limit=5");

        Assert.That(Ids(await Client.GetJsonAsync(NextOf(response)!)), Is.EqualTo(all.Slice(15, 5)));
    }

    [Test]
    public async Task The_filter_keeps_what_it_says([Values] bool isActive)
    {
        var users = await Client.GetJsonAsync($"{Http.Users}?limit={Count}&isActive={isActive}");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(users.GetArrayLength(), Is.GreaterThan(0).And.LessThan(Count));
            Assert.That(users.EnumerateArray().Select(user => user.GetProperty("isActive").GetBoolean()), Is.All.EqualTo(isActive));
        }
    }

    [Test]
    public async Task The_list_without_the_cache_is_the_same_list()
    {
        using var cached = await Client.FetchAsync($"{Http.Users}?skip=3&limit=4&isActive=true");
        using var uncached = await Client.FetchAsync($"{Http.Users}/nocache?skip=3&limit=4&isActive=true");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await uncached.Content.ReadAsStringAsync(), Is.EqualTo(await cached.Content.ReadAsStringAsync()));
            Assert.That(NextOf(uncached), Does.StartWith("/api/v1/users/nocache?"));
        }
    }

    [Test]
    public async Task A_number_may_be_spelled_otherwise() =>
        Assert.That((await Client.GetJsonAsync($"{Http.Users}?limit=020")).GetArrayLength(), Is.EqualTo(20));

    [TestCase("skip=-1", "skip")]
    [TestCase("skip=x", "skip")]
    [TestCase("skip=99999999999", "skip")]
    [TestCase("limit=0", "limit")]
    [TestCase("limit=20001", "limit")]
    [TestCase("isActive=maybe", "isActive")]
    [TestCase("after=nonsense", "after")]
    [TestCase("after=AQEl5y6rUX2vpwbdL00Zfm9", "after", Description = "Bits that the cursor does not use are set.")]
    [TestCase("after=%00", "after")]
    [TestCase("skip=1&after=AQEl5y6rUX2vpwbdL00Zfm8", "skip")]
    public async Task Parameters_out_of_range_are_refused_by_name(string query, string field)
    {
        foreach (var url in new[] { $"{Http.Users}?{query}", $"{Http.Users}/nocache?{query}" })
        {
            using var response = await Client.FetchAsync(url);
            var problem = await response.ProblemAsync(HttpStatusCode.BadRequest);
            Assert.That(problem.Fields(), Is.EqualTo(new[] { field }));
        }
    }

    [Test]
    public async Task Twenty_thousand_users_come_in_one_page()
    {
        await Seeding.SeedAsync(Api, UserLimits.MaxRows);

        using var response = await Client.FetchAsync($"{Http.Users}?limit={UserLimits.MaxRows}");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((await response.BodyAsync()).GetArrayLength(), Is.EqualTo(UserLimits.MaxRows));
            Assert.That(NextOf(response), Is.Not.Null);
        }
    }

    private static string LimitOf(string query) => query.Split('&')[0] + "&";

    private static List<string> Ids(System.Text.Json.JsonElement users) =>
        [.. users.EnumerateArray().Select(user => user.GetProperty("id").GetString()!)];

    private static string? NextOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Link", out var values) ? NextLink.Match(values.Single()).Groups[1].Value : null;

    [GeneratedRegex("^<(.*)>; rel=\"next\"$")]
    private static partial Regex NextLink { get; }
}

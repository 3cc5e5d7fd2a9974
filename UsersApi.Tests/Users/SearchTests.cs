using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class SearchTests : SharedApiTest
{
    [SetUp]
    public async Task CreateUsers()
    {
        await Client.CreateUserAsync("Ada@example.com", "Countess Lovelace");
        await Client.CreateUserAsync("zz@example.com", "Adam Öst");
        await Client.CreateUserAsync("adele@example.com", "Adele A");
        await Client.CreateUserAsync("a_b@example.com", "ÖRJAN 100% \\ x");
        await Client.CreateUserAsync("axb@example.com");
    }

    [TestCase("ada", "Ada@example.com", "zz@example.com")]
    [TestCase("ADA@", "Ada@example.com")]
    [TestCase("ad", "Ada@example.com", "adele@example.com", "zz@example.com")]
    [TestCase("countess l", "Ada@example.com")]
    [TestCase("örjan", "a_b@example.com")]
    [TestCase("a_", "a_b@example.com")]
    [TestCase("örjan 100% \\", "a_b@example.com")]
    [TestCase("%")]
    [TestCase("nobody")]
    public async Task Finds_by_the_start_of_email_or_name_in_any_case(string text, params string[] expected)
    {
        var found = await Client.GetJsonAsync($"{Http.Users}/search?q={Uri.EscapeDataString(text)}");

        Assert.That(found.EnumerateArray().Select(user => user.GetProperty("email").GetString()), Is.EqualTo(expected));
    }

    [Test]
    public async Task Returns_no_more_than_the_limit() =>
        Assert.That((await Client.GetJsonAsync($"{Http.Users}/search?q=a&limit=2")).GetArrayLength(), Is.EqualTo(2));

    [TestCase("", "q")]
    [TestCase("q=", "q")]
    [TestCase("q=%20", "q")]
    [TestCase("q=a%00b", "q")]
    [TestCase("q=a&limit=101", "limit")]
    [TestCase("q=a&limit=0", "limit")]
    public async Task What_cannot_be_searched_for_is_refused(string query, string field)
    {
        using var response = await Client.FetchAsync($"{Http.Users}/search?{query}");

        Assert.That((await response.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EqualTo(new[] { field }));
    }

    [Test]
    public async Task Bytes_that_are_no_text_are_no_error_of_the_server()
    {
        using var response = await Client.FetchAsync($"{Http.Users}/search?q=%ED%A0%80%FF");

        Assert.That((int)response.StatusCode, Is.LessThan(500));
    }

    [Test]
    public async Task A_text_that_is_too_long_is_refused()
    {
        using var response = await Client.FetchAsync($"{Http.Users}/search?q={new string('a', 255)}");

        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [TestCase("lower(email COLLATE \"C\") LIKE 'ada%' ORDER BY lower(email COLLATE \"C\")", "users_email_key")]
    [TestCase("lower(full_name) LIKE 'ada%' ORDER BY lower(full_name) USING ~<~, id", "users_full_name_idx")]
    public async Task Both_halves_read_an_index(string condition, string index)
    {
        await Seeding.SeedAsync(Api, 20_000);

        var plan = await Api.Database.ScalarAsync<string>($"EXPLAIN (FORMAT JSON) SELECT * FROM users WHERE {condition} LIMIT 20");

        Assert.That(plan, Does.Contain(index));
    }
}

using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

public sealed class UnknownParameterTests() : SharedApiTest("Development", ("Api:RefuseUnknownParameters", "true"))
{
    private readonly string _one = $"{Http.Users}/{Guid.NewGuid()}";

    [TestCase(Http.Users, "mail=ada@example.com", "mail")]
    [TestCase(Http.Users, "order=email&page=2&limit=5&offset=5", "offset order page")]
    [TestCase(Http.Users, "after_=x", "after_")]
    [TestCase($"{Http.Users}/search", "q=ada&page=2", "page")]
    [TestCase($"{Http.Users}/nocache", "q=ada", "q")]
    public async Task An_unknown_parameter_is_a_400_that_names_it(string path, string query, string names)
    {
        using var response = await Client.FetchAsync($"{path}?{query}");

        Assert.That(string.Join(' ', (await response.ProblemAsync(HttpStatusCode.BadRequest)).Fields().Order(StringComparer.Ordinal)), Is.EqualTo(names));
    }

    [TestCase("skip=1&limit=5&isActive=true")]
    [TestCase("SKIP=1&Limit=5")]
    [TestCase("limit=5&")]
    [TestCase("")]
    public Task Known_parameters_are_taken_in_any_case(string query) => Client.GetJsonAsync($"{Http.Users}?{query}");

    [Test]
    public async Task An_action_without_parameters_refuses_them_all_reads_and_writes_alike([Values("GET", "HEAD", "DELETE")] string method)
    {
        using var response = await Client.SendAsync(new HttpMethod(method), $"{_one}?fields=email");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
    }

    [Test]
    public async Task A_hit_is_as_strict_as_a_miss_and_stays_a_hit()
    {
        await Api.UntilItCachesAsync();
        using var refused = await Client.FetchAsync($"{Http.Users}?page=2");
        using var hit = await Client.FetchAsync($"{Http.Users}?skip=0");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(refused.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
            Assert.That(hit.Headers.GetValues("Cache-Status").Single(), Does.Contain("; hit"));
        }
    }

    [Test]
    public async Task The_problem_does_not_grow_with_the_request()
    {
        using var response = await Client.FetchAsync($"{Http.Users}?{string.Join('&', Enumerable.Range(0, 300).Select(i => $"x{i}=1"))}&{new string('y', 3000)}=1");

        Assert.That((await response.ProblemAsync(HttpStatusCode.BadRequest)).GetRawText(), Has.Length.LessThan(4000));
    }

    [Test]
    public async Task What_is_no_operation_of_the_API_is_left_alone([Values("/health/live", "/openapi/v1.json", "/swagger/index.html")] string path)
    {
        using var response = await Client.FetchAsync($"{path}?x=1");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
    }

    [Test]
    public async Task Where_the_option_is_off_they_are_ignored()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ("Api:RefuseUnknownParameters", "false"));

        await api.Client.GetJsonAsync($"{Http.Users}?page=2");
    }

    [TestCase("Development", HttpStatusCode.BadRequest)]
    [TestCase("Production", HttpStatusCode.OK)]
    public async Task Development_refuses_them_unless_told_otherwise(string environment, HttpStatusCode status)
    {
        await using var api = await UsersApiHost.StartAsync(environment);
        using var response = await api.Client.FetchAsync($"{Http.Users}?page=2");

        Assert.That(response.StatusCode, Is.EqualTo(status));
    }
}

using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class ConditionalWriteTests : SharedApiTest
{
    private static readonly string[] Methods = ["PUT", "PATCH", "DELETE"];

    private string _url = null!;

    [SetUp]
    public async Task CreateUser()
    {
        _url = Http.UrlOf(await Client.CreateUserAsync("ada@example.com"));
        using var raised = await WriteAsync("PATCH", null);
        Assert.That(raised.Headers.ETag?.ToString(), Is.EqualTo("\"1-2\""));
    }

    [Test]
    public async Task Writes_without_a_condition_are_done([ValueSource(nameof(Methods))] string method)
    {
        using var response = await WriteAsync(method, null);

        Assert.That(response.IsSuccessStatusCode, Is.True);
    }

    [Test]
    public async Task A_write_is_done_where_a_tag_matches(
        [ValueSource(nameof(Methods))] string method,
        [Values("\"1-2\"", "*", "\"1-1\", \"1-2\"", "W/\"1-2\", \"1-2\"", "\"a,b\" , \"1-2\"")] string ifMatch)
    {
        using var response = await WriteAsync(method, ifMatch);

        Assert.That(response.IsSuccessStatusCode, Is.True);
    }

    [Test]
    public async Task A_write_is_refused_where_no_tag_matches(
        [ValueSource(nameof(Methods))] string method,
        [Values(
            "\"1-1\"", "\"1-3\"", "W/\"1-2\"", "\"1-02\"", "\"1-+2\"", "\"\"", "\"1-99999999999999999999\"", "\"1-1\", \"1-3\"",
            "\"2\"", "\"0-2\"", "\"2-2\"", "\"01-2\"")] string ifMatch)
    {
        using var response = await WriteAsync(method, ifMatch);
        await response.ProblemAsync(HttpStatusCode.PreconditionFailed);

        using var unchanged = await Client.FetchAsync(_url);
        Assert.That((await unchanged.BodyAsync()).GetProperty("version").GetInt64(), Is.EqualTo(2));
    }

    [Test]
    public async Task A_condition_that_is_none_is_refused(
        [ValueSource(nameof(Methods))] string method,
        [Values("1-2", "\"1-2", "*, \"1-2\"", ";")] string ifMatch)
    {
        using var response = await WriteAsync(method, ifMatch);

        Assert.That((await response.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EqualTo(new[] { "If-Match" }));
    }

    [Test]
    public async Task An_unknown_user_is_not_found_whatever_the_condition(
        [ValueSource(nameof(Methods))] string method, [Values(null, "*", "\"1-1\"")] string? ifMatch)
    {
        _url = $"{Http.Users}/{Guid.NewGuid()}";

        using var response = await WriteAsync(method, ifMatch);

        await response.ProblemAsync(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Of_many_who_saw_the_same_version_one_writes([ValueSource(nameof(Methods))] string method)
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => WriteAsync(method, "\"1-2\"")));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(responses.Count(response => response.IsSuccessStatusCode), Is.EqualTo(1));
            Assert.That(
                responses.Where(response => !response.IsSuccessStatusCode).Select(response => response.StatusCode),
                Is.All.EqualTo(method == "DELETE" ? HttpStatusCode.NotFound : HttpStatusCode.PreconditionFailed));
        }
    }

    [Test]
    public async Task No_update_of_many_is_lost_without_conditions()
    {
        var responses = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => WriteAsync("PATCH", null)));

        Assert.That(
            responses.Select(response => response.Headers.ETag!.Tag).Order(StringComparer.Ordinal),
            Is.EqualTo(Enumerable.Range(3, 12).Select(version => $"\"1-{version}\"").Order(StringComparer.Ordinal)));
    }

    private Task<HttpResponseMessage> WriteAsync(string method, string? ifMatch) => method switch
    {
        "PUT" => Client.SendAsync(HttpMethod.Put, _url, """{"email":"ada@example.com","fullName":"Ada"}""", ifMatch),
        "PATCH" => Client.SendAsync(HttpMethod.Patch, _url, """{"fullName":"Ada"}""", ifMatch),
        _ => Client.SendAsync(HttpMethod.Delete, _url, null, ifMatch),
    };
}

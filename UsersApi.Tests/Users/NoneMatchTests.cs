using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class NoneMatchTests : SharedApiTest
{
    private static readonly string[] Methods = ["PUT", "PATCH", "DELETE"];

    private string _url = null!;
    private string _tag = null!;

    [SetUp]
    public async Task CreateUser()
    {
        _url = Http.UrlOf(await Client.CreateUserAsync("ada@example.com"));
        using var found = await Client.SendAsync(HttpMethod.Patch, _url, """{"isActive":true}""");
        _tag = found.Headers.ETag!.Tag;
    }

    [Test]
    public async Task A_write_is_refused_where_If_None_Match_names_what_is_there(
        [ValueSource(nameof(Methods))] string method, [Values("*", "{tag}", "W/{tag}", "\"other\", {tag}")] string ifNoneMatch)
    {
        using var response = await WriteAsync(method, ("If-None-Match", ifNoneMatch));
        await response.ProblemAsync(HttpStatusCode.PreconditionFailed);

        await AssertUnchangedAsync();
    }

    [Test]
    public async Task A_write_is_done_where_If_None_Match_names_something_else(
        [ValueSource(nameof(Methods))] string method, [Values("\"other\"", "W/\"other\"", "\"\"", "\"1000000\"")] string ifNoneMatch)
    {
        using var response = await WriteAsync(method, ("If-None-Match", ifNoneMatch));

        Assert.That(response.IsSuccessStatusCode, Is.True);
    }

    [TestCase("{tag}", "{tag}", false)]
    [TestCase("*", "{tag}", false)]
    [TestCase("{tag}", "*", false)]
    [TestCase("\"other\"", "\"other\"", false)]
    [TestCase("{tag}", "\"other\"", true)]
    [TestCase("*", "\"other\"", true)]
    public async Task Both_conditions_have_to_hold(string ifMatch, string ifNoneMatch, bool isDone)
    {
        using var response = await WriteAsync("PATCH", ("If-Match", ifMatch), ("If-None-Match", ifNoneMatch));

        Assert.That(response.StatusCode, Is.EqualTo(isDone ? HttpStatusCode.OK : HttpStatusCode.PreconditionFailed));
    }

    [Test]
    public async Task A_condition_without_a_tag_is_a_400_and_never_a_write(
        [ValueSource(nameof(Methods))] string method,
        [Values("If-Match", "If-None-Match")] string header,
        [Values("", " ", ",", "1", "*, \"1\"")] string value)
    {
        using var response = await WriteAsync(method, (header, value));

        Assert.That((await response.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EqualTo(new[] { header }));
        await AssertUnchangedAsync();
    }

    [Test]
    public async Task Tags_in_several_lines_are_one_list([ValueSource(nameof(Methods))] string method)
    {
        using var response = await WriteAsync(method, ("If-None-Match", "\"other\""), ("If-None-Match", "{tag}"));

        await response.ProblemAsync(HttpStatusCode.PreconditionFailed);
    }

    [Test]
    public async Task An_unknown_user_is_not_found_whatever_the_condition([ValueSource(nameof(Methods))] string method, [Values("*", "{tag}")] string ifNoneMatch)
    {
        _url = $"{Http.Users}/{Guid.NewGuid()}";
        using var response = await WriteAsync(method, ("If-None-Match", ifNoneMatch));

        await response.ProblemAsync(HttpStatusCode.NotFound);
    }

    private async Task AssertUnchangedAsync() =>
        Assert.That((await Client.GetJsonAsync(_url)).GetProperty("version").GetInt64(), Is.EqualTo(2));

    private async Task<HttpResponseMessage> WriteAsync(string method, params (string Name, string Value)[] conditions)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(_url, UriKind.Relative));
        request.Content = method == "DELETE" ? null : Http.Json("""{"email":"ada@example.com","fullName":"Ada"}""");
        foreach (var (name, value) in conditions)
        {
            request.Headers.TryAddWithoutValidation(name, value.Replace("{tag}", _tag, StringComparison.Ordinal));
        }

        return await Client.SendAsync(request);
    }
}

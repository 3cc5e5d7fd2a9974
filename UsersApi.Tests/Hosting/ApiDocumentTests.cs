using System.Net;
using System.Text.Json;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

public sealed class ApiDocumentTests : SharedApiTest
{
    // What each operation can answer, and the headers of its success.
    private static readonly TestCaseData[] Operations =
    [
        new(Http.Users, "get", "200 206 304 400 412 416 500 503 504", "Age Cache-Control Cache-Status ETag Link Total-Count Vary"),
        new(Http.Users, "post", "201 400 401 403 408 409 413 415 422 429 500 503 504", "ETag Location"),
        new($"{Http.Users}/nocache", "get", "200 400 500 503 504", "Link Total-Count"),
        new($"{Http.Users}/nocache", "head", "200 400 500 503 504", "Link Total-Count"),
        new($"{Http.Users}/search", "get", "200 400 500 503 504", ""),
        new($"{Http.Users}/search", "head", "200 400 500 503 504", ""),
        new($"{Http.Users}/bulk", "post", "201 400 401 403 408 409 413 415 422 429 500 503 504", ""),
        new($"{Http.Users}/{{id}}", "get", "200 206 304 404 412 416 500 503 504", "Age Cache-Control Cache-Status ETag Vary"),
        new(Http.Users, "head", "200 304 400 412 500 503 504", "Age Cache-Control Cache-Status ETag Link Total-Count Vary"),
        new($"{Http.Users}/{{id}}", "head", "200 304 404 412 500 503 504", "Age Cache-Control Cache-Status ETag Vary"),
        new($"{Http.Users}/{{id}}", "put", "200 400 401 403 404 408 409 412 413 415 428 429 500 503 504", "ETag"),
        new($"{Http.Users}/{{id}}", "patch", "200 400 401 403 404 408 409 412 413 415 428 429 500 503 504", "ETag"),
        new($"{Http.Users}/{{id}}", "delete", "204 400 401 403 404 409 412 428 429 500 503 504", ""),
        new("/api/v1/cache/explanations", "post", "200 400 401 403 408 413 415 429 500 503 504", ""),
        new("/api/v1/cache/entries", "get", "200 400 401 403 404 500 503 504", ""),
        new("/api/v1/cache/entries", "head", "200 400 401 403 404 500 503 504", ""),
        new("/api/v1/cache/statistics", "get", "200 400 401 403 500 503 504", ""),
        new("/api/v1/cache/statistics", "head", "200 400 401 403 500 503 504", ""),
        new("/api/v1/cache/switch", "put", "204 400 401 403 408 413 415 429 500 503 504", ""),
        new("/api/v1/cache/evictions", "post", "204 400 401 403 408 413 415 429 500 503 504", ""),
    ];

    [TestCaseSource(nameof(Operations))]
    public async Task Each_operation_tells_all_it_can_answer(string path, string method, string statuses, string headers)
    {
        var operation = (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty(method);
        var responses = operation.GetProperty("responses");
        var success = responses.EnumerateObject().First().Value;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(operation.GetProperty("summary").GetString(), Is.Not.Empty);
            Assert.That(string.Join(' ', Names(responses)), Is.EqualTo(statuses));
            Assert.That(string.Join(' ', success.TryGetProperty("headers", out var found) ? Names(found) : []), Is.EqualTo(headers));
            Assert.That(responses.EnumerateObject().Select(response => response.Value.GetProperty("description").GetString()), Is.All.Not.Empty);
            Assert.That(
                responses.EnumerateObject().Where(response => response.Name[0] is '4' or '5' && response.Value.TryGetProperty("content", out _))
                    .SelectMany(response => Names(response.Value.GetProperty("content"))),
                Is.All.EqualTo("application/problem+json"));
        }
    }

    [Test]
    public async Task The_document_is_OpenAPI_3_1_and_has_no_other_operations()
    {
        var document = await DocumentAsync();
        var operations = document.GetProperty("paths").EnumerateObject().SelectMany(path => Names(path.Value)).Count();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(document.GetProperty("openapi").GetString(), Does.StartWith("3.1"));
            Assert.That(operations, Is.EqualTo(Operations.Length));
            Assert.That(document.GetProperty("servers")[0].GetProperty("url").GetString(), Is.EqualTo("/"));
        }
    }

    [TestCase("skip", 0, int.MaxValue, 0)]
    [TestCase("limit", 1, 20_000, 20)]
    public async Task Parameters_tell_their_ranges_and_defaults(string name, int minimum, int maximum, int value)
    {
        var parameter = await ParameterAsync(Http.Users, "get", name);
        var schema = parameter.GetProperty("schema");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(schema.GetProperty("minimum").GetInt32(), Is.EqualTo(minimum));
            Assert.That(schema.GetProperty("maximum").GetInt32(), Is.EqualTo(maximum));
            Assert.That(schema.GetProperty("default").GetInt32(), Is.EqualTo(value));
            Assert.That(parameter.GetProperty("description").GetString(), Is.Not.Empty);
        }
    }

    [Test]
    public async Task Conditions_are_headers_of_every_conditional_write(
        [Values("put", "patch", "delete")] string method, [Values("If-Match", "If-None-Match")] string header)
    {
        var parameter = await ParameterAsync($"{Http.Users}/{{id}}", method, header);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(parameter.GetProperty("in").GetString(), Is.EqualTo("header"));
            Assert.That(parameter.GetProperty("description").GetString(), Does.StartWith("ETags"));
        }
    }

    [TestCase("put", "application/json")]
    [TestCase("patch", "application/json application/merge-patch+json")]
    public async Task A_body_tells_its_media_types(string method, string mediaTypes)
    {
        var operation = (await DocumentAsync()).GetProperty("paths").GetProperty($"{Http.Users}/{{id}}").GetProperty(method);

        Assert.That(string.Join(' ', Names(operation.GetProperty("requestBody").GetProperty("content"))), Is.EqualTo(mediaTypes));
    }

    [TestCase(Http.Users, "post", "Accept Accept-Encoding")]
    [TestCase($"{Http.Users}/{{id}}", "put", "Accept Accept-Encoding")]
    [TestCase($"{Http.Users}/{{id}}", "patch", "Accept-Encoding Accept-Patch")]
    public async Task Headers_of_a_415_tell_what_is_accepted(string path, string method, string headers)
    {
        var responses = (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses");

        Assert.That(string.Join(' ', Names(responses.GetProperty("415").GetProperty("headers"))), Is.EqualTo(headers));
    }

    [Test]
    public async Task Numbers_are_numbers() =>
        Assert.That(
            (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty("UserResponse")
                .GetProperty("properties").GetProperty("version").GetProperty("type").GetString(),
            Is.EqualTo("integer"));

    [Test]
    public async Task A_user_tells_its_fields_limits_and_examples()
    {
        var email = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty("UserRequest")
            .GetProperty("properties").GetProperty("email");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(email.GetProperty("type").GetString(), Is.EqualTo("string"), "not null");
            Assert.That(email.GetProperty("maxLength").GetInt32(), Is.EqualTo(254));
            Assert.That(email.GetProperty("description").GetString(), Is.Not.Empty);
            Assert.That(email.GetRawText(), Does.Contain("ada.lovelace@example.com"));
        }
    }

    [Test]
    public async Task A_person_finds_Swagger_UI()
    {
        using var root = await Client.FetchAsync("/");
        using var page = await Client.FetchAsync("/swagger/index.html");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(root.StatusCode, Is.EqualTo(HttpStatusCode.Redirect));
            Assert.That(root.Headers.Location?.OriginalString, Is.EqualTo("/swagger"));
            Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("swagger-ui"));
        }
    }

    private static IEnumerable<string> Names(JsonElement element) =>
        element.EnumerateObject().Select(member => member.Name).Order(StringComparer.Ordinal);

    private Task<JsonElement> DocumentAsync() => Client.GetJsonAsync("/openapi/v1.json");

    private async Task<JsonElement> ParameterAsync(string path, string method, string name) =>
        (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("parameters")
            .EnumerateArray().Single(parameter => parameter.GetProperty("name").GetString() == name);
}

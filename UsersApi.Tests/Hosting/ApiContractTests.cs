using System.Text.Json;
using UsersApi.Tests.Host;
using UsersApi.Users;

namespace UsersApi.Tests.Hosting;

/// <summary>The document is what the API does: what a generated client takes from it works.</summary>
public sealed class ApiContractTests : SharedApiTest
{
    [Test]
    public async Task Each_operation_has_an_id_of_its_own()
    {
        var ids = (await DocumentAsync()).GetProperty("paths").EnumerateObject()
            .SelectMany(path => path.Value.EnumerateObject())
            .Select(operation => operation.Value.GetProperty("operationId").GetString())
            .ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ids, Is.Unique);
            Assert.That(ids, Does.Contain("Users_List").And.Contain("Users_ListHead").And.Contain("Users_Create").And.Contain("Cache_Evict"));
        }
    }

    [TestCase("isActive", true), TestCase("isSuperuser", false)]
    public async Task Member_that_is_left_out_has_the_default_that_the_document_says(string name, bool value)
    {
        var member = await MemberAsync("UserRequest", name);
        using var created = await Client.SendAsync(HttpMethod.Post, Http.Users, """{"email":"default@example.com"}""");
        var user = await created.BodyAsync();

        Assert.That((member.GetProperty("default").GetBoolean(), user.GetProperty(name).GetBoolean()), Is.EqualTo((value, value)));
    }

    [TestCase("email", false), TestCase("fullName", true), TestCase("isActive", false), TestCase("isSuperuser", false)]
    public async Task Member_of_a_patch_may_be_null_where_the_document_says_so(string name, bool isNullable)
    {
        var member = await MemberAsync("UserPatch", name);
        using var created = await Client.SendAsync(HttpMethod.Post, Http.Users, """{"email":"patched@example.com","fullName":"A"}""");
        using var patched = await Client.SendAsync(HttpMethod.Patch, created.Headers.Location!.OriginalString, $$"""{"{{name}}":null}""");

        Assert.That(
            (member.GetProperty("type").GetRawText().Contains("null", StringComparison.Ordinal), patched.IsSuccessStatusCode),
            Is.EqualTo((isNullable, isNullable)));
    }

    [Test]
    public async Task Empty_search_is_refused_as_the_document_says()
    {
        var schema = (await ParameterAsync($"{Http.Users}/search", "get", "q")).GetProperty("schema");
        using var answer = await Client.FetchAsync($"{Http.Users}/search?q=");

        Assert.That((schema.GetProperty("minLength").GetInt32(), (int)answer.StatusCode), Is.EqualTo((1, 400)));
    }

    [TestCase("ProblemDetails"), TestCase("ValidationProblemDetails")]
    public async Task Problem_tells_its_trace_id(string schema) =>
        Assert.That((await MemberAsync(schema, "traceId")).GetProperty("type").GetString(), Is.EqualTo("string"));

    [TestCase("If-None-Match"), TestCase("If-Match"), TestCase("Range"), TestCase("If-Range")]
    public async Task Condition_of_a_cached_read_is_a_parameter(string header) =>
        Assert.That((await ParameterAsync(Http.Users, "get", header)).GetProperty("in").GetString(), Is.EqualTo("header"));

    [TestCase(Http.Users), TestCase($"{Http.Users}/bulk")]
    public async Task Key_of_a_creation_is_an_optional_header(string path)
    {
        var parameter = await ParameterAsync(path, "post", "Idempotency-Key");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(parameter.GetProperty("in").GetString(), Is.EqualTo("header"));
            Assert.That(parameter.TryGetProperty("required", out var required) && required.GetBoolean(), Is.False);
            Assert.That(parameter.GetProperty("description").GetString(), Does.Contain("same key"));
        }
    }

    [Test]
    public async Task Try_it_out_sends_nothing_that_was_not_asked_for()
    {
        foreach (var name in (string[])["skip", "limit", "isActive", "after"])
        {
            Assert.That((await ParameterAsync(Http.Users, "get", name)).TryGetProperty("example", out _), Is.False, name);
        }
    }

    [Test]
    public async Task Example_of_an_id_is_a_seeded_user()
    {
        var example = (await ParameterAsync($"{Http.Users}/{{id}}", "get", "id")).GetProperty("example").GetString();

        Assert.That(SeedUsers.Create(0).Id.ToString(), Is.EqualTo(example));
    }

    [Test]
    public async Task Example_of_a_response_is_a_seeded_user()
    {
        var schema = (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty("UserResponse");

        Assert.That(
            schema.GetProperty("examples")[0].Deserialize<UserResponse>(JsonSerializerOptions.Web), Is.EqualTo(SeedUsers.Create(0)));
    }

    private Task<JsonElement> DocumentAsync() => Client.GetJsonAsync("/openapi/v1.json");

    private async Task<JsonElement> MemberAsync(string schema, string name) =>
        (await DocumentAsync()).GetProperty("components").GetProperty("schemas").GetProperty(schema).GetProperty("properties").GetProperty(name);

    private async Task<JsonElement> ParameterAsync(string path, string method, string name) =>
        (await DocumentAsync()).GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("parameters")
            .EnumerateArray().Single(parameter => parameter.GetProperty("name").GetString() == name);
}

using System.Net;
using System.Text.Json;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class NameLengthTests : SharedApiTest
{
    private const string Emoji = "😀";

    [TestCase("x", 200, true)]
    [TestCase("x", 201, false)]
    [TestCase(Emoji, 200, true)]
    [TestCase(Emoji, 201, false)]
    public async Task A_name_is_as_long_as_it_has_characters(string character, int count, bool isTaken)
    {
        var fullName = string.Concat(Enumerable.Repeat(character, count));
        var url = Http.UrlOf(await Client.CreateUserAsync("ada@example.com"));
        var json = JsonSerializer.Serialize(new { email = "zoe@example.com", fullName });

        using var created = await Client.SendAsync(HttpMethod.Post, Http.Users, json);
        using var patched = await Client.SendAsync(HttpMethod.Patch, url, JsonSerializer.Serialize(new { fullName }));

        if (!isTaken)
        {
            Assert.That((await created.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EqualTo(new[] { "fullName" }));
            Assert.That((await patched.ProblemAsync(HttpStatusCode.BadRequest)).Fields(), Is.EqualTo(new[] { "fullName" }));
            return;
        }

        Assert.That(created.StatusCode, Is.EqualTo(HttpStatusCode.Created));
        Assert.That((await patched.BodyAsync()).GetProperty("fullName").GetString(), Is.EqualTo(fullName));
    }

    [Test]
    public async Task A_long_name_is_found_by_all_of_it()
    {
        var fullName = string.Concat(Enumerable.Repeat(Emoji, 200));
        await Client.CreateUserAsync("ada@example.com", fullName);

        Assert.That((await Client.GetJsonAsync($"{Http.Users}/search?q={Uri.EscapeDataString(fullName)}")).GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task The_document_tells_the_length_of_a_name([Values("UserRequest", "UserPatch")] string schema)
    {
        var name = (await Client.GetJsonAsync("/openapi/v1.json")).GetProperty("components").GetProperty("schemas").GetProperty(schema)
            .GetProperty("properties").GetProperty("fullName");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(name.GetProperty("minLength").GetInt32(), Is.EqualTo(1));
            Assert.That(name.GetProperty("maxLength").GetInt32(), Is.EqualTo(200));
        }
    }
}

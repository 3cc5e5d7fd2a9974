using System.Net;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

public sealed class MergePatchTests : SharedApiTest
{
    // Of each member: what a patch may say, as JSON; null stands for "absent".
    private static readonly Gen<string?> Names = Gen.Elements<string?>(null, "null", "\"Ada\"", "\"Zoë 😀\"", "\"x\\\\\\\"y\"");
    private static readonly Gen<string?> Emails = Gen.Elements<string?>(null, "\"a@example.com\"", "\"B@example.com\"");
    private static readonly Gen<string?> Booleans = Gen.Elements<string?>(null, "true", "false");

    // RFC 7396 appendix A.
    [TestCase("""{"a":"b"}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"b":"c"}""", """{"a":"b","b":"c"}""")]
    [TestCase("""{"a":"b"}""", """{"a":null}""", """{}""")]
    [TestCase("""{"a":"b","b":"c"}""", """{"a":null}""", """{"b":"c"}""")]
    [TestCase("""{"a":["b"]}""", """{"a":"c"}""", """{"a":"c"}""")]
    [TestCase("""{"a":"c"}""", """{"a":["b"]}""", """{"a":["b"]}""")]
    [TestCase("""{"a":{"b":"c"}}""", """{"a":{"b":"d","c":null}}""", """{"a":{"b":"d"}}""")]
    [TestCase("""{"a":[{"b":"c"}]}""", """{"a":[1]}""", """{"a":[1]}""")]
    [TestCase("""["a","b"]""", """["c","d"]""", """["c","d"]""")]
    [TestCase("""{"a":"b"}""", """["c"]""", """["c"]""")]
    [TestCase("""{"a":"foo"}""", """null""", """null""")]
    [TestCase("""{"a":"foo"}""", "\"bar\"", "\"bar\"")]
    [TestCase("""{"e":null}""", """{"a":1}""", """{"e":null,"a":1}""")]
    [TestCase("""[1,2]""", """{"a":"b","c":null}""", """{"a":"b"}""")]
    [TestCase("""{}""", """{"a":{"bb":{"ccc":null}}}""", """{"a":{"bb":{}}}""")]
    public void The_reference_does_what_the_examples_of_the_standard_say(string target, string patch, string expected) =>
        Assert.That(
            JsonNode.DeepEquals(MergePatch.Apply(JsonNode.Parse(target), JsonNode.Parse(patch)), JsonNode.Parse(expected)), Is.True);

    [Test]
    public async Task A_patched_user_is_what_the_standard_makes_of_it()
    {
        var url = Http.UrlOf(await Client.CreateUserAsync("ada@example.com", "Ada"));
        var patches =
            from name in Names
            from email in Emails
            from active in Booleans
            from superuser in Booleans
            select Patch(("fullName", name), ("email", email), ("isActive", active), ("isSuperuser", superuser));

        Prop.ForAll(patches.ToArbitrary(), patch => AgreesAsync(url, patch).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(60));
    }

    private static string Patch(params (string Name, string? Json)[] members) =>
        "{" + string.Join(',', members.Where(member => member.Json is not null).Select(member => $"\"{member.Name}\":{member.Json}")) + "}";

    private async Task<bool> AgreesAsync(string url, string patch)
    {
        var before = JsonNode.Parse((await Client.GetJsonAsync(url)).GetRawText());
        using var response = await Client.SendAsync(HttpMethod.Patch, url, patch, mediaType: "application/merge-patch+json");
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        var after = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();

        // The server's own members move; a removed name is written as null.
        var expected = MergePatch.Apply(before, JsonNode.Parse(patch))!.AsObject();
        expected.TryAdd("fullName", null);
        foreach (var own in new[] { "version", "updatedAt" })
        {
            expected.Remove(own);
            after.Remove(own);
        }

        return JsonNode.DeepEquals(expected, after);
    }
}

using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Server;

public sealed class ContentCodingTests : SharedApiTest
{
    private const string Codings = "br, deflate, gzip";
    private const string User = """{"email":"ada@example.com","fullName":"Ada"}""";

    [TestCase("gzip")]
    [TestCase("GZIP")]
    [TestCase("br")]
    [TestCase("deflate")]
    [TestCase("identity")]
    public async Task A_body_is_read_in_the_coding_that_it_names(string coding)
    {
        using var response = await SendAsync(coding, await EncodeAsync(coding, User));

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created), await response.Content.ReadAsStringAsync());
        Assert.That((await response.BodyAsync()).GetProperty("fullName").GetString(), Is.EqualTo("Ada"));
    }

    [Test]
    public async Task A_body_that_is_not_in_the_coding_that_it_names_is_a_400_and_no_error_of_ours([Values("gzip", "br", "deflate")] string coding)
    {
        await using var api = await UsersApiHost.StartAsync();
        using var request = Request(coding, Encoding.UTF8.GetBytes(User), "");
        using var response = await api.Client.SendAsync(request);
        await response.ProblemAsync(HttpStatusCode.BadRequest);
        await api.StopAsync();

        Assert.That(api.Logs.At(LogLevel.Error), Is.Empty);
    }

    [Test]
    public async Task A_body_that_ends_too_early_is_a_400([Values("gzip", "br", "deflate")] string coding)
    {
        var whole = await EncodeAsync(coding, User);
        using var response = await SendAsync(coding, whole[..(whole.Length / 2)]);

        await response.ProblemAsync(HttpStatusCode.BadRequest);
    }

    [TestCase("zstd")]
    [TestCase("compress")]
    [TestCase("gzip, gzip")]
    public async Task Another_coding_is_a_415_that_names_those_that_are_taken(string coding)
    {
        using var response = await SendAsync(coding, Encoding.UTF8.GetBytes(User));

        await response.ProblemAsync(HttpStatusCode.UnsupportedMediaType);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.Headers.GetValues("Accept-Encoding"), Is.EqualTo(new[] { Codings }));
            Assert.That(response.Headers.Contains("Accept"), Is.False, "the media type is not what is wrong");
        }
    }

    [TestCase("", 1024)]
    [TestCase("/bulk", 17 * 1024)]
    public async Task A_bomb_is_a_413(string path, int kilobytes)
    {
        var bomb = JsonSerializer.Serialize(new { email = "ada@example.com", padding = new string(' ', kilobytes * 1024) });
        var encoded = await EncodeAsync("gzip", path.Length == 0 ? bomb : $"[{bomb}]");
        Assert.That(encoded, Has.Length.LessThan(64 * 1024), "the body itself is within every limit");

        using var response = await SendAsync("gzip", encoded, path);

        await response.ProblemAsync(HttpStatusCode.RequestEntityTooLarge);
    }

    [Test]
    public async Task A_bulk_may_be_larger_when_it_is_read_than_one_user_may()
    {
        var json = $"[{string.Join(',', Enumerable.Range(0, 2000).Select(i => $$"""{"email":"user{{i}}@example.com","fullName":"Ada"}"""))}]";
        Assert.That(json, Has.Length.GreaterThan(64 * 1024));

        using var response = await SendAsync("gzip", await EncodeAsync("gzip", json), "/bulk");

        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created), await response.Content.ReadAsStringAsync());
    }

    [Test]
    public async Task A_body_of_nobody_is_not_read_at_all()
    {
        using var request = Request("zstd", Encoding.UTF8.GetBytes(User), "");
        using var response = await Api.Anonymous.SendAsync(request);

        await response.ProblemAsync(HttpStatusCode.Unauthorized);
    }

    private static async Task<byte[]> EncodeAsync(string coding, string text)
    {
        using var encoded = new MemoryStream();
        await using (var encoder = EncoderOf(coding, encoded))
        {
            await encoder.WriteAsync(Encoding.UTF8.GetBytes(text));
        }

        return encoded.ToArray();
    }

    private static Stream EncoderOf(string coding, Stream encoded) => coding switch
    {
        "br" => new BrotliStream(encoded, CompressionLevel.Fastest),
        "deflate" => new ZLibStream(encoded, CompressionLevel.Fastest),
        "identity" => encoded,
        _ => new GZipStream(encoded, CompressionLevel.SmallestSize),
    };

    private static HttpRequestMessage Request(string coding, byte[] body, string path)
    {
        var content = new ByteArrayContent(body);
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json");
        content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        return new HttpRequestMessage(HttpMethod.Post, new Uri($"{Http.Users}{path}", UriKind.Relative)) { Content = content };
    }

    private async Task<HttpResponseMessage> SendAsync(string coding, byte[] body, string path = "")
    {
        using var request = Request(coding, body, path);
        return await Client.SendAsync(request);
    }
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace UsersApi.Tests.Host;

/// <summary>Requests and answers as they are on the wire: no contract class of the application is used.</summary>
internal static class Http
{
    public const string Users = "/api/v1/users";

    public static StringContent Json(string json, string mediaType = "application/json") =>
        new(json, Encoding.UTF8, new MediaTypeHeaderValue(mediaType));

    public static async Task<HttpResponseMessage> SendAsync(
        this HttpClient client,
        HttpMethod method,
        string url,
        string? json = null,
        string? ifMatch = null,
        string mediaType = "application/json",
        string? token = null)
    {
        using var request = new HttpRequestMessage(method, new Uri(url, UriKind.Relative));
        request.Content = json is null ? null : Json(json, mediaType);
        request.Headers.Authorization = token is null ? null : new AuthenticationHeaderValue("Bearer", token);
        if (ifMatch is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", ifMatch);
        }

        return await client.SendAsync(request);
    }

    public static Task<HttpResponseMessage> FetchAsync(this HttpClient client, string url, string? token = null) =>
        client.SendAsync(HttpMethod.Get, url, token: token);

    public static async Task<JsonElement> BodyAsync(this HttpResponseMessage response) =>
        JsonElement.Parse(await response.Content.ReadAsStringAsync());

    /// <summary>The body of a 200.</summary>
    public static async Task<JsonElement> GetJsonAsync(this HttpClient client, string url)
    {
        using var response = await client.FetchAsync(url);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.OK), await response.Content.ReadAsStringAsync());
        return await response.BodyAsync();
    }

    /// <summary>Creates a user and returns it.</summary>
    public static async Task<JsonElement> CreateUserAsync(this HttpClient client, string email, string? fullName = null, bool isActive = true)
    {
        var json = JsonSerializer.Serialize(new { email, fullName, isActive });
        using var response = await client.SendAsync(HttpMethod.Post, Users, json);
        Assert.That(response.StatusCode, Is.EqualTo(HttpStatusCode.Created), await response.Content.ReadAsStringAsync());
        return await response.BodyAsync();
    }

    public static string UrlOf(JsonElement user) => $"{Users}/{user.GetProperty("id").GetString()}";

    /// <summary>Asserts an RFC 9457 problem of a status, and returns it.</summary>
    public static async Task<JsonElement> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        var text = await response.Content.ReadAsStringAsync();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(response.StatusCode, Is.EqualTo(status), text);
            Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"), text);
        }

        var problem = JsonElement.Parse(text);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.GetProperty("status").GetInt32(), Is.EqualTo((int)status));
            Assert.That(problem.GetProperty("title").GetString(), Is.Not.Empty);
            Assert.That(text, Does.Not.Contain("   at "), "a stack trace");
        }

        return problem;
    }

    /// <summary>The names of the fields that a problem's errors are about.</summary>
    public static IEnumerable<string> Fields(this JsonElement problem) =>
        problem.GetProperty("errors").EnumerateObject().Select(error => error.Name);
}

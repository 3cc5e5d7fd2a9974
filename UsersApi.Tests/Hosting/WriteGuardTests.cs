using System.Net;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

public sealed class WriteGuardTests
{
    private const string One = $"{Http.Users}/0195d3a0-7c00-7a3e-8f4b-2f0c5a1d9e77";

    private UsersApiHost _api = null!;

    [SetUp]
    public async Task StartApi() => _api = await UsersApiHost.StartAsync("Production");

    [TearDown]
    public async Task StopApi() => await _api.DisposeAsync();

    [TestCase("POST", Http.Users, """{"email":"a@example.com"}""")]
    [TestCase("POST", $"{Http.Users}/bulk", """[{"email":"a@example.com"}]""")]
    [TestCase("PUT", One, """{"email":"a@example.com"}""")]
    [TestCase("PATCH", One, """{"email":"a@example.com"}""")]
    [TestCase("DELETE", One, null)]
    public async Task Outside_Development_nothing_is_written(string method, string path, string? json)
    {
        using var response = await _api.Client.SendAsync(new HttpMethod(method), path, json);
        var problem = await response.ProblemAsync(HttpStatusCode.Forbidden);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(problem.GetProperty("detail").GetString(), Does.Contain("Development"));
            Assert.That(await _api.Database.ScalarAsync<long>("SELECT count(*) FROM users"), Is.Zero);
        }
    }

    [Test]
    public async Task Outside_Development_users_are_read() =>
        Assert.That((await _api.Client.GetJsonAsync(Http.Users)).GetArrayLength(), Is.Zero);

    [Test]
    public async Task A_method_that_nobody_may_use_stays_a_405()
    {
        using var response = await _api.Client.SendAsync(HttpMethod.Delete, Http.Users);

        await response.ProblemAsync(HttpStatusCode.MethodNotAllowed);
    }
}

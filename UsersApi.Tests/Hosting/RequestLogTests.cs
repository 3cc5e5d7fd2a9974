using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

/// <summary>One line for each request, where it is asked for.</summary>
public sealed class RequestLogTests
{
    private const string Category = "Microsoft.AspNetCore.HttpLogging";
    private const string Asked = $"{Http.Users}?limit=7";

    [Test]
    public async Task A_request_is_one_line_that_tells_what_the_cache_says_and_nothing_that_names_people()
    {
        await using var api = await UsersApiHost.StartAsync(settings: ($"Logging:LogLevel:{Category}", "Information"));
        using var answer = await api.Anonymous.FetchAsync(Asked);
        await api.StopAsync();
        var line = api.Logs.At(LogLevel.Information).Single(text => text.Contains(Category, StringComparison.Ordinal));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(line, Does.Contain("GET").And.Contain(Http.Users).And.Contain("200").And.Contain("Duration"));
            Assert.That(line, Does.Contain(answer.Headers.GetValues("Cache-Status").Single()));
            Assert.That(line, Does.Not.Contain("limit=7"));
        }
    }

    [Test]
    public async Task There_is_none_by_default()
    {
        await using var api = await UsersApiHost.StartAsync();
        using var answer = await api.Anonymous.FetchAsync(Asked);
        await api.StopAsync();

        Assert.That(api.Logs.At(LogLevel.Information), Has.None.Contains(Category));
    }
}

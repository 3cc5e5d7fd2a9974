namespace UsersApi.Tests.Caching.Startup;

/// <summary>An application that has no controllers may still evict.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class BareHostTests
{
    [Test]
    public async Task Minimal_API_starts_in_Development_and_evicts()
    {
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { EnvironmentName = "Development", Args = ["--hostBuilder:reloadConfigOnChange=false"] });
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Host.UseDefaultServiceProvider(options => (options.ValidateOnBuild, options.ValidateScopes) = (true, true));
        builder.Services.AddRedisCached(builder.Configuration);
        await using var app = builder.Build();
        app.MapPost("/", (IRedisCacheEvictor evictor) => evictor.EvictAsync("users"));
        await app.StartAsync();
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        using var response = await client.PostAsync("/", content: null);

        Assert.That(await response.Content.ReadAsStringAsync(), Is.EqualTo("true"));
    }
}

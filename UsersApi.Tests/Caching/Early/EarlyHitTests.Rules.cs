using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Early;

/// <content>What sends an action through MVC.</content>
public sealed partial class EarlyHitTests
{
    [TestCase("authorization", 403), TestCase("outer", 403), TestCase("resource", 403), TestCase("always", 403), TestCase("service", 403)]
    [TestCase("validator?name=a", 400)]
    public async Task Filter_or_validator_that_looks_elsewhere_has_its_say_on_each_hit(string action, int status)
    {
        await using var host = await StartAsync();
        var outcomes = await AskAsync(host, "/early/" + action, 3);
        host.Services.GetRequiredService<Gate>().IsClosed = true;

        var refused = await host.ExchangeAsync("GET", "/early/" + action);

        Assert.That((outcomes, refused.Status), Is.EqualTo(((Stored, Hit, Hit), status)));
    }

    [TestCase("date?at=2020-01-01"), TestCase("header"), TestCase("binder"), TestCase("controller"), TestCase("property?name=a")]
    public async Task Hit_goes_through_MVC_where_it_may_bind_otherwise_the_next_time(string action)
    {
        await using var host = await StartAsync();

        var outcomes = await AskAsync(host, "/early/" + action, 3);

        Assert.That((outcomes, Made(host)), Is.EqualTo(((Stored, Hit, Hit), 3)));
    }

    [Test]
    public async Task Hit_goes_through_MVC_beside_a_value_provider_of_the_application()
    {
        await using var host = await StartAsync(services =>
            services.Configure<MvcOptions>(mvc => mvc.ValueProviderFactories.Add(new OwnValueProviderFactory())));

        await AskAsync(host, "/early/plain", 3);

        Assert.That(Made(host), Is.EqualTo(3));
    }

    [Test]
    public async Task Log_says_at_start_why_hits_go_through_MVC()
    {
        var logs = new CollectedLogs();
        await using var host = await StartAsync(services => services.AddSingleton<ILoggerProvider>(logs));

        Assert.That(string.Join('\n', logs.At(LogLevel.Information)), Does.Contain("EarlyController.Date").And.Contain("the argument at may be bound or validated otherwise")
            .And.Contain("the filter AuthorizationFilterAttribute has a say in each request").And.Not.Contain("EarlyController.Plain"));
    }
}

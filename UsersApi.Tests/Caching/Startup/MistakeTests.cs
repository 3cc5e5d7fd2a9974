using Microsoft.Extensions.Options;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Startup;

/// <summary>An attribute's mistakes stop the start, with the action's name and the remedy.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed partial class MistakeTests
{
    [TestCase(typeof(OnPost), "does not answer GET")]
    [TestCase(typeof(TooShort), "between 1 and 31536000")]
    [TestCase(typeof(TooLong), "between 1 and 31536000")]
    [TestCase(typeof(ClientNegative), "between 0 and 31536000")]
    [TestCase(typeof(AnonymousAuthorized), "CacheAudience.PerUser, or CacheAudience.Everyone")]
    [TestCase(typeof(TagOfNothing), "{number}")]
    [TestCase(typeof(TagMalformed), "write it like")]
    [TestCase(typeof(EvictsOnGet), "IRedisCacheEvictor")]
    [TestCase(typeof(EvictsNothing), "{number}")]
    [TestCase(typeof(EvictsModel), "{user}")]
    [TestCase(typeof(PartOnly), "take it out of StatusCodes")]
    [TestCase(typeof(NotModified), "take it out of StatusCodes")]
    [TestCase(typeof(VaryCookie), "use Audience for credentials")]
    [TestCase(typeof(VaryStar), "name one plain header each")]
    [TestCase(typeof(FromBody), "take it from the query")]
    [TestCase(typeof(HeaderBesideMap), "bind simple types")]
    [TestCase(typeof(HeaderInRecord), "bind simple types")]
    [TestCase(typeof(OwnBinder), "bind simple types")]
    [TestCase(typeof(RefreshedAllTheTime), "RefreshBeforeSeconds (60) is not below Seconds (60)")]
    [TestCase(typeof(RefreshNegative), "between 0 and 31536000")]
    public async Task Mistake_stops_the_start_and_names_action_and_remedy(Type controller, string remedy)
    {
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => CachedHost.StartAsync([controller], redis: ""));

        Assert.That(mistake!.Message, Does.Contain($"{controller.Name}.Act").And.Contain(remedy));
    }

    [Test]
    public async Task What_is_no_mistake_does_not_stop_the_start()
    {
        await using var host = await CachedHost.StartAsync([typeof(Right)], redis: "");

        Assert.That((await host.ExchangeAsync("GET", "/right/1")).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
    }

    [Test]
    public async Task Null_names_nothing()
    {
        await using var host = await CachedHost.StartAsync([typeof(Right)], new() { ["RedisCached:Defaults:VaryByClaims"] = null }, redis: "");

        Assert.That((await host.ExchangeAsync("GET", "/right/none")).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
    }

    [Test]
    public async Task Default_that_contradicts_an_attribute_stops_the_start()
    {
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(
            () => CachedHost.StartAsync([typeof(Right)], new() { ["RedisCached:Defaults:RefreshBeforeSeconds"] = "10" }, redis: ""));

        Assert.That(mistake!.Message, Does.Contain("Right.Mine").And.Contain("RefreshBeforeSeconds (10) is not below Seconds (1)"));
    }

    [Test]
    public async Task All_mistakes_are_told_at_once()
    {
        var mistake = await Assert.ThrowsAsync<InvalidOperationException>(() => CachedHost.StartAsync([typeof(OnPost), typeof(PartOnly)], redis: ""));

        Assert.That(mistake!.Message, Does.Contain("OnPost.Act").And.Contain("PartOnly.Act"));
    }

    [Test]
    public async Task Mistake_in_a_setting_of_a_running_host_does_not_keep_it_from_being_switched_off()
    {
        var logs = new CollectedLogs();
        await using var host = await CachedHost.StartAsync(
            [typeof(Right)], services: services => services.AddLogging(logging => logging.AddProvider(logs)), redis: "");
        await host.ExchangeAsync("GET", "/right/1");

        Reload(host, ("JitterPercent", "500"));
        Assert.That((await host.ExchangeAsync("GET", "/right/1")).Outcome, Does.StartWith("hit"));
        Reload(host, ("Enabled", "false"));
        Assert.That((await host.ExchangeAsync("GET", "/right/1")).Outcome, Does.Contain("disabled"));
        Reload(host, ("Enabled", "nonsense"));
        Assert.That((await host.ExchangeAsync("GET", "/right/1")).Outcome, Does.Contain("disabled"));
        Reload(host, ("Enabled", null));
        Assert.That((await host.ExchangeAsync("GET", "/right/1")).Outcome, Does.StartWith("hit"));
        Assert.That(
            logs.At(LogLevel.Warning).Where(line => line.Contains("[1020]", StringComparison.Ordinal)).Select(line => line.Split("switched ")[1].Trim()),
            Is.EqualTo((string[])["off.", "on."]));
    }

    [Test]
    public async Task What_code_has_switched_off_stays_off_whatever_else_is_reloaded()
    {
        await using var host = await CachedHost.StartAsync(
            [typeof(Right)], services: services => services.Configure<RedisCachedOptions>(options => options.Enabled = false), redis: "");

        Reload(host, ("JitterPercent", "0"));

        Assert.That((await host.ExchangeAsync("GET", "/right/1")).Outcome, Does.Contain("disabled"));
    }

    [TestCase("MaxKeyLength", "1"), TestCase("QueueEntries", "0"), TestCase("KeySecret", "short"), TestCase("Name", "two words"), TestCase("RedisCached:Defaults:ClientSeconds", "-1")]
    public async Task Setting_out_of_range_stops_the_start_and_is_named(string name, string value)
    {
        var mistake = await Assert.ThrowsAsync<OptionsValidationException>(() => CachedHost.StartAsync([typeof(Right)], new() { [name] = value }, redis: ""));

        Assert.That(mistake!.Message, Does.Contain(name.Split(':')[^1]));
    }

    private static void Reload(CachedHost host, (string Name, string? Value) setting)
    {
        var configuration = (IConfigurationRoot)host.Services.GetRequiredService<IConfiguration>();
        configuration[$"RedisCached:{setting.Name}"] = setting.Value;
        try
        {
            configuration.Reload();
        }
        catch (AggregateException)
        {
            // Of those who watch all settings: the reload of a file forgets it.
        }
    }
}

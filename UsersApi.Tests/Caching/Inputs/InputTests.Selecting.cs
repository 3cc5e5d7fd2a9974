using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Inputs;

/// <content>What selects a response besides its URI: route values, claims, dimensions of the application.</content>
public sealed partial class InputTests
{
    [TestCase("/inputs/tenant"), TestCase("/inputs/raw-tenant")]
    public async Task Route_value_that_middleware_sets_selects_a_response(string target)
    {
        await using var host = await StartAsync();

        foreach (var expected in (string[])[Stored, Hit])
        {
            foreach (var tenant in (string[])["a", "b"])
            {
                var answer = await host.ExchangeAsync("GET", target, ("X-Tenant", tenant));
                Assert.That((answer.Text, answer.Outcome), Is.EqualTo((tenant, expected)));
            }
        }
    }

    [Test]
    public async Task Claim_that_the_attribute_names_selects_a_response_that_is_private()
    {
        await using var host = await StartAsync();

        foreach (var expected in (string[])[Stored, Hit])
        {
            foreach (var scope in (string[])["read", "read,write", ""])
            {
                var answer = await host.ExchangeAsync("GET", "/inputs/scopes", ("X-Scope", scope));
                Assert.That((answer.Text, answer.Outcome, answer["Cache-Control"]), Is.EqualTo((scope, expected, "private, no-cache")));
            }
        }
    }

    [Test]
    public async Task Name_of_the_query_does_not_pass_for_a_route_value()
    {
        await using var host = await StartAsync();
        await host.ExchangeAsync("GET", "/inputs/tenant", ("X-Tenant", "a"));

        var answer = await host.ExchangeAsync("GET", "/inputs/tenant?tenant=a");

        Assert.That((answer.Text, answer.Outcome), Is.EqualTo(("none", Stored)));
    }

    [Test]
    public async Task Dimension_that_the_action_changes_selects_by_what_it_was()
    {
        await using var host = await StartAsync(services: services => services.AddSingleton<ICacheKeyDimension, Flag>());
        await host.ExchangeAsync("GET", "/inputs/late-flag", ("X-Flag", "on"));

        Assert.That((await host.ExchangeAsync("GET", "/inputs/late-flag", ("X-Flag", "on"))).Outcome, Is.EqualTo(Hit));
        Assert.That((await host.ExchangeAsync("GET", "/inputs/late-flag", ("X-Flag", "changed"))).Outcome, Is.EqualTo(Stored));
    }

    [Test]
    public async Task Dimension_of_the_application_selects_a_response()
    {
        await using var host = await StartAsync(services: services => services.AddSingleton<ICacheKeyDimension, Flag>());

        foreach (var expected in (string[])[Stored, Hit])
        {
            foreach (var flag in (string[])["on", "off"])
            {
                var answer = await host.ExchangeAsync("GET", "/inputs/flag", ("X-Flag", flag));
                Assert.That((answer.Text, answer.Outcome), Is.EqualTo((flag, expected)));
            }
        }
    }

    [Test]
    public async Task Two_actions_of_one_path_do_not_overwrite_each_other()
    {
        await using var host = await StartAsync();

        foreach (var expected in (string[])[Stored, Hit, Hit])
        {
            var (first, second) = (await host.ExchangeAsync("GET", "/inputs/version", ("X-Version", "1")), await host.ExchangeAsync("GET", "/inputs/version", ("X-Version", "2")));
            Assert.That((first.Text, first.Outcome, second.Text, second.Outcome), Is.EqualTo(("first", expected, "second", expected)));
        }
    }

    [Test]
    public async Task No_value_of_a_header_or_a_claim_stands_in_Redis()
    {
        await using var host = await StartAsync();
        await host.ExchangeAsync("GET", "/inputs/vary/1", ("X-Own-1", "very-secret"));
        await host.ExchangeAsync("GET", "/inputs/scopes", ("X-Scope", "very-secret"));
        await Eventually.HoldsAsync(async () => (await host.KeysAsync()).Length == 3, "three keys in Redis");

        Assert.That(await host.KeysAsync(), Has.None.Contain("very-secret"));
    }

    [Test]
    public async Task Hashed_argument_selects_a_response_and_does_not_stand_in_Redis()
    {
        await using var host = await StartAsync();

        foreach (var expected in (string[])[Stored, Hit])
        {
            foreach (var (name, header, page) in ((string, string, int)[])[("jim", "bob", 1), ("bob", "jim", 1), ("jim", "bob", 2), ("", "jim", 1)])
            {
                var answer = await host.ExchangeAsync("GET", $"/inputs/hashed?name={name}&page={page}", ("Name", header));
                Assert.That((answer.Text, answer.Outcome), Is.EqualTo(($"{name}|{header}|{page}", expected)));
            }
        }

        await Eventually.HoldsAsync(async () => (await host.KeysAsync()).Length == 4, "four keys in Redis");
        Assert.That(await host.KeysAsync(), Has.None.Contain("jim").And.None.Contain("bob"));
    }
}

using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Inputs;

/// <content>Headers that select: <c>Vary</c> belongs to a resource.</content>
public sealed partial class InputTests
{
    [Test]
    public async Task Cold_requests_for_a_resource_that_says_Vary_run_its_action_once_for_each_variant()
    {
        await using var host = await RunsController.StartAsync();
        var runs = host.Services.GetRequiredService<Runs>();
        var waiting = Enumerable.Range(0, 20).Select(_ => host.ExchangeAsync("GET", "/runs/plain/1")).ToArray();
        var run = await runs.NextAsync();
        run.Answer("one", ("Vary", "X-Own"));

        Assert.That((await Task.WhenAll(waiting)).Select(answer => answer.Text), Is.All.EqualTo("one"));
        Assert.That(runs.Count, Is.EqualTo(1));
    }

    [Test]
    public async Task Header_that_is_read_selects_a_response_where_the_options_ask_for_that()
    {
        await using var host = await StartAsync(new() { ["VaryByWhatIsRead"] = "true" });

        foreach (var expected in (string[])[Stored, Hit])
        {
            foreach (var tenant in (string[])["a", "b"])
            {
                var answer = await host.ExchangeAsync("GET", "/inputs/reads/header", ("X-Tenant", tenant));
                Assert.That((answer.Text, answer.Outcome, answer["Vary"]), Is.EqualTo(($"0 {tenant}", expected, "X-Tenant, Accept")));
            }
        }

        Assert.That((await host.ExchangeAsync("GET", "/inputs/reads/cookie")).Outcome, Is.EqualTo("fwd=uri-miss; detail=undeclared-header"));
        Assert.That((await host.ExchangeAsync("GET", "/inputs/reads/nothing"))["Vary"], Is.EqualTo("Accept"));
    }

    [Test]
    public async Task Vary_belongs_to_a_resource_and_not_to_its_action()
    {
        await using var host = await StartAsync();

        foreach (var expected in (string[])[Stored, Hit])
        {
            for (var id = 1; id <= 12; id++)
            {
                foreach (var value in (string[])["a", "b"])
                {
                    var answer = await host.ExchangeAsync("GET", $"/inputs/vary/{id}", ($"X-Own-{id}", value));
                    Assert.That((answer.Text, answer.Outcome, answer["Vary"]), Is.EqualTo(($"{id} {value}", expected, $"X-Own-{id}, Accept")));
                }
            }
        }
    }

    [Test]
    public async Task Other_node_finds_the_variants_of_a_resource()
    {
        await using var first = await StartAsync();
        await first.ExchangeAsync("GET", "/inputs/vary/1", ("X-Own-1", "a"));
        await first.ExchangeAsync("GET", "/inputs/vary/1", ("X-Own-1", "b"));
        await Eventually.HoldsAsync(async () => (await first.KeysAsync()).Length == 3, "three keys in Redis");
        await using var second = await StartAsync(prefix: first.Prefix);

        var answer = await second.ExchangeAsync("GET", "/inputs/vary/1", ("X-Own-1", "b"));

        Assert.That((answer.Text, answer.Outcome), Is.EqualTo(("1 b", Hit)));
    }
}

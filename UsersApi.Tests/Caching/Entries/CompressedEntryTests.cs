using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Caching.Distributed;
using UsersApi.Caching.Operations;
using UsersApi.Tests.Caching.Host;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Caching.Entries;

/// <summary>Large texts stand compressed in the store, and leave as each client takes them.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class CompressedEntryTests
{
    private static readonly string Text = string.Concat(Enumerable.Range(0, 5_000).Select(i => $"{i % 10};"));
    private static readonly (string Name, string Value) Gzip = ("Accept-Encoding", "gzip");

    [Test]
    public async Task Other_node_sends_what_was_stored_as_it_is_and_expands_it_for_those_who_want_it_plain()
    {
        await using var first = await StartAsync();
        var miss = await first.ExchangeAsync("GET", "/large/text", Gzip);
        while ((await first.KeysAsync()).Length == 0)
        {
            // It is on its way to Redis.
        }

        await using var second = await StartAsync(first.Prefix);
        var packed = await second.ExchangeAsync("GET", "/large/text", Gzip);
        var plain = await second.ExchangeAsync("GET", "/large/text");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((packed.Outcome, packed["Content-Encoding"], packed["ETag"]), Is.EqualTo(("hit; ttl=60", "gzip", miss["ETag"])));
            Assert.That(packed.Text == miss.Text, Is.True);
            Assert.That((plain.Outcome, plain["Content-Encoding"], plain.Text == Text), Is.EqualTo(("hit; ttl=60", packed["X-None"], true)));
        }
    }

    [TestCase("", "gzip"), TestCase("identity", "")]
    public async Task Warm_request_stores_what_most_clients_take_unless_it_says_otherwise(string asked, string coding)
    {
        var settings = new Dictionary<string, string?> { ["RedisCached:Warm:Requests:0:Target"] = "/large/text" };
        if (asked.Length > 0)
            settings["RedisCached:Warm:Requests:0:Headers:accept-encoding"] = asked;

        await using var host = await CachedHost.StartAsync(
            [typeof(LargeController)], settings, services => services.AddRedisCachedOperations());
        var store = host.Services.GetRequiredKeyedService<IDistributedCache>(CacheStore.ServiceKey);
        byte[]? stored = null;
        await Eventually.HoldsAsync(async () => (stored = await store.GetAsync("get:/large/text")) is not null, "it is stored");

        Assert.That(CacheEntryFormat.Read(stored)!.Coding, Is.EqualTo(coding));
    }

    [Test]
    public void Entry_is_smaller_than_its_body_and_comes_back_whole()
    {
        var entry = Entry();
        entry.Compressed();

        var bytes = CacheEntryFormat.Write(entry);
        var read = CacheEntryFormat.Read(bytes);

        Assert.That(bytes, Has.Length.LessThan(entry.Length / 2));
        Assert.That((read!.Length, read.Coding), Is.EqualTo((entry.Length, "gzip")));
        Assert.That(read.Body.Span.SequenceEqual(entry.Body.Span), Is.True);
        Assert.That(read.Gzip, Is.EqualTo(entry.Gzip));
    }

    [TestCase(-1), TestCase(0), TestCase(7), TestCase(int.MaxValue)]
    public void Entry_that_lies_about_its_length_is_no_entry(int length)
    {
        var entry = Entry() with { Length = length };
        entry.Compressed();
        var compressed = CacheEntryFormat.Write(entry);

        Assert.That(CacheEntryFormat.Read(compressed), Is.Null);
    }

    [Test]
    public async Task What_its_first_client_took_plain_is_stored_plain_and_compressed_for_the_first_who_asks()
    {
        await using var first = await StartAsync();
        await first.ExchangeAsync("GET", "/large/text");
        await first.WrittenAsync();
        var stored = await TestRedis.ReadAsync(first.Prefix);

        await using var second = await StartAsync(first.Prefix);
        var packed = await second.ExchangeAsync("GET", "/large/text", Gzip);

        Assert.That((packed.Outcome, packed["Content-Encoding"], packed.Text.Length < Text.Length), Is.EqualTo(("hit; ttl=60", "gzip", true)));
        Assert.That(stored, Does.Contain(Text));
    }

    [Test]
    public void Those_who_want_it_compressed_at_once_share_one_work()
    {
        for (var round = 0; round < 20; round++)
        {
            var entry = Entry();
            using var begin = new Barrier(8);
            var made = new byte[8][];

            var askers = Enumerable.Range(0, 8).Select(i => new Thread(() =>
            {
                begin.SignalAndWait();
                made[i] = entry.Compressed();
            })).ToArray();
            Array.ForEach(askers, asker => asker.Start());
            Array.ForEach(askers, asker => asker.Join());

            Assert.That(made, Is.All.SameAs(made[0]));
        }
    }

    private static CacheEntry Entry() => PlainEntry.Of("get:/large/text", System.Text.Encoding.ASCII.GetBytes(Text), mayCompress: true);

    private static Task<CachedHost> StartAsync(string? prefix = null) => CachedHost.StartAsync([typeof(LargeController)], prefix: prefix);

    [ApiController, Route("large"), RedisCached(Seconds = 60)]
    public sealed class LargeController : ControllerBase
    {
        [HttpGet("text")]
        public IActionResult GetText() => Content(Text, "text/plain");
    }
}

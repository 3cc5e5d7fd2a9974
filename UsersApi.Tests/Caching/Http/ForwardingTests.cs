using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>
/// An MVC host whose one action forwards whatever it is asked to an origin, as a gateway does: what RFC 9111 asks of a shared cache holds
/// for answers of which the action knows nothing.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed partial class ForwardingTests
{
    private const string Miss = "fwd=uri-miss; stored";
    private const string NotStored = "fwd=uri-miss; detail=action-cache-control";

    [TestCase("max-age=30", "hit; ttl=30"), TestCase("MAX-AGE=30", "hit; ttl=30"), TestCase("max-age=30, s-maxage=9", "hit; ttl=9")]
    [TestCase("max-age=30;Age: 10", "hit; ttl=20"), TestCase("max-age=30;Age: 30", NotStored), TestCase("max-age=30;Age: x", "hit; ttl=30")]
    [TestCase("max-age=30;Age: 99999999999999999999", NotStored), TestCase("max-age=30;Age: -7", "hit; ttl=30")]
    [TestCase("max-age=30;Date: @-10", "hit; ttl=20"), TestCase("max-age=9;Date: @-10", NotStored)]
    [TestCase("public", "hit; ttl=60"), TestCase("no-store", NotStored), TestCase("private", NotStored)]
    [TestCase("no-cache", NotStored), TestCase("max-age=0", NotStored), TestCase("max-age=1.5", NotStored)]
    [TestCase(";Expires: @20", "hit; ttl=20"), TestCase(";Expires: @20;Age: 5", "hit; ttl=15"), TestCase(";Expires: 0", NotStored)]
    // A year that the tests' clock does not reach, in all three forms of a date, and in forms that are none: those lie in the past.
    [TestCase(";Expires: Thu, 18 Aug 2044 02:01:18 GMT", "hit; ttl=60"), TestCase(";Expires: Thursday, 18-Aug-44 02:01:18 GMT", "hit; ttl=60")]
    [TestCase(";Expires: Thu Aug 18 02:01:18 2044", "hit; ttl=60"), TestCase(";Expires: Mon Aug  8 02:01:18 2044", "hit; ttl=60")]
    [TestCase(";Expires: Thu, 18 Aug 2044 2:01:18 GMT", NotStored), TestCase(";Expires: Thu, 18-Aug-2044 02:01:18 GMT", NotStored)]
    [TestCase(";Expires: Thu,  18  Aug  2044  02:01:18  GMT", NotStored), TestCase(";Expires: Thu, 18 Aug 2044 02:01:18 +0000", NotStored)]
    [TestCase("max-age=9;Expires: @50", "hit; ttl=9"), TestCase("max-age=30;Vary: *", "fwd=uri-miss; detail=vary"), TestCase("max-age=30;Set-Cookie: a=b", "fwd=uri-miss; detail=set-cookie")]
    public async Task Second_request_is_answered_as_the_origin_allows(string headers, string outcome)
    {
        var now = new ManualTime().GetUtcNow();
        var dated = Seconds().Replace(headers, match => now.AddSeconds(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).ToString("R"));
        await using var host = await GatewayAsync(_ => (200, dated, "body"));

        await host.ExchangeAsync("GET", "/anything?a=b");
        Assert.That((await host.ExchangeAsync("GET", "/anything?a=b")).Outcome, Is.EqualTo(outcome));
    }

    [Test]
    public async Task Age_goes_on_from_that_of_the_origin()
    {
        await using var host = await GatewayAsync(_ => (200, "max-age=30;Age: 10", "body"));

        Assert.That((await host.ExchangeAsync("GET", "/aged"))["Age"], Is.EqualTo("10"));
        host.Time.Advance(TimeSpan.FromSeconds(7));
        Assert.That((await host.ExchangeAsync("GET", "/aged"))["Age"], Is.EqualTo("17"));
        host.Time.Advance(TimeSpan.FromSeconds(14));
        Assert.That((await host.ExchangeAsync("GET", "/aged")).Outcome, Is.EqualTo("fwd=stale; stored"));
    }

    [Test]
    public async Task Vary_of_the_origin_selects_where_the_gateway_varies_by_what_it_reads()
    {
        await using var host = await GatewayAsync(request => (200, "max-age=30;Vary: X-One", $"{request["X-One"]}"), variesByWhatIsRead: true);

        foreach (var expected in (string[])[Miss, "hit; ttl=30"])
        {
            foreach (var one in (string[])["a", "b", ""])
            {
                var answer = await host.ExchangeAsync("GET", "/varied", ("X-One", one));
                Assert.That((answer.Text, answer.Outcome), Is.EqualTo((one, expected)));
            }
        }
    }

    [Test]
    public async Task Without_that_option_nothing_is_stored_of_what_headers_may_change()
    {
        await using var host = await GatewayAsync(request => (200, "max-age=30", $"{request["X-One"]}"), forwardsHeaders: true);

        foreach (var one in (string[])["a", "b", "a"])
        {
            var answer = await host.ExchangeAsync("GET", "/unvaried", ("X-One", one));
            Assert.That((answer.Text, answer.Outcome), Is.EqualTo((one, "fwd=uri-miss; detail=undeclared-header")));
        }
    }

    [TestCase("POST"), TestCase("PUT"), TestCase("DELETE"), TestCase("M-SEARCH")]
    public async Task Unsafe_request_invalidates_its_URI_and_those_that_its_answer_names(string method)
    {
        await using var host = await GatewayAsync(_ => (200, "max-age=30;Location: /named;Content-Location: /also", "body"));
        string[] targets = ["/own?a=b", "/named", "/also", "/other"];
        foreach (var target in targets)
        {
            await host.ExchangeAsync("GET", target);
        }

        await host.ExchangeAsync(method, "/own?a=b");

        var outcomes = new List<string>();
        foreach (var target in targets)
        {
            outcomes.Add((await host.ExchangeAsync("GET", target)).Outcome);
        }

        Assert.That(outcomes, Is.EqualTo(["fwd=stale; stored", "fwd=stale; stored", "fwd=stale; stored", "hit; ttl=30"]));
    }

    [Test]
    public async Task Vary_says_what_the_origin_said_and_no_more()
    {
        await using var host = await GatewayAsync(_ => (200, "max-age=30;Vary: X-One", "body"));

        for (var i = 0; i < 2; i++)
        {
            Assert.That((await host.ExchangeAsync("GET", "/varied"))["Vary"], Is.EqualTo("X-One"));
        }
    }

    [TestCase(204), TestCase(301), TestCase(404), TestCase(500), TestCase(206)]
    public async Task Statuses_that_the_attribute_does_not_name_go_through_and_are_not_stored(int status)
    {
        await using var host = await GatewayAsync(_ => (status, "max-age=30", status == 204 ? "" : "body"));

        for (var i = 0; i < 2; i++)
        {
            var answer = await host.ExchangeAsync("GET", "/status");
            Assert.That((answer.Status, answer.Outcome), Is.EqualTo((status, "fwd=uri-miss; detail=status")));
        }
    }

    [Test]
    public async Task Headers_of_one_connection_are_not_replayed()
    {
        await using var host = await GatewayAsync(_ => (200, "max-age=30;Connection: X-Hop;X-Hop: 1;X-End: 2;Keep-Alive: timeout=5", "body"));
        await host.ExchangeAsync("GET", "/hops");

        var hit = await host.ExchangeAsync("GET", "/hops");
        Assert.That((hit.Outcome, hit["X-Hop"], hit["X-End"], hit["Keep-Alive"]), Is.EqualTo(("hit; ttl=30", "", "2", "")));
    }

    [Test]
    public async Task Requests_with_credentials_are_answered_by_the_origin()
    {
        await using var host = await GatewayAsync(_ => (200, "max-age=30", "body"));
        await host.ExchangeAsync("GET", "/mine");

        Assert.That((await host.ExchangeAsync("GET", "/mine", ("Authorization", "Basic x"))).Outcome, Is.EqualTo("fwd=bypass; detail=credentials"));
    }

    private static Task<CachedHost> GatewayAsync(Func<IHeaderDictionary, (int Status, string Headers, string Body)> answer, bool variesByWhatIsRead = false, bool forwardsHeaders = false) => CachedHost.StartAsync(
        [typeof(GatewayController)], new() { ["VaryByWhatIsRead"] = $"{variesByWhatIsRead}" },
        services => services.AddSingleton(new Origin(answer, forwardsHeaders || variesByWhatIsRead)));

    // A date so many seconds from now.
    [GeneratedRegex("@(-?[0-9]+)")]
    private static partial Regex Seconds();

    /// <summary>What stands behind the gateway.</summary>
    public sealed record Origin(Func<IHeaderDictionary, (int Status, string Headers, string Body)> Answer, bool ReadsHeaders);

    public sealed class GatewayController(Origin origin) : ControllerBase
    {
        [AcceptVerbs("GET", "POST", "PUT", "DELETE", "M-SEARCH", Route = "{**path}"), RedisCached(Seconds = 60)]
        public async Task Forward()
        {
            var request = new HeaderDictionary();
            if (origin.ReadsHeaders)
            {
                // What a gateway asks, to know whether there is content to send on.
                _ = Request.Headers.TransferEncoding;
                request["X-One"] = Request.Headers["X-One"];
            }

            var (status, headers, body) = origin.Answer(request);
            Response.StatusCode = status;
            foreach (var header in headers.Split(';').Select((text, i) => i == 0 ? ["Cache-Control", text] : text.Split(": ", 2)).Where(header => header[1].Length > 0))
            {
                Response.Headers.Append(header[0], header[1]);
            }

            if (body.Length > 0)
            {
                await Response.WriteAsync(body);
            }
        }
    }
}

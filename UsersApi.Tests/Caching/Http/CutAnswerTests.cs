using System.Net;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>An answer that its action cuts short, or lets something follow, is none that a stored one could give again.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class CutAnswerTests
{
    [TestCase("aborted"), TestCase("reset"), TestCase("file")]
    public async Task Answer_that_was_cut_short_is_not_stored(string how)
    {
        // The server would tell the client, and the cache with it, at some time of its own.
        await using var host = await CachedHost.StartAsync([typeof(CutsController)], pipeline: app => app.Use((http, next) =>
        {
            var feature = new Unheard();
            http.Features.Set<IHttpRequestLifetimeFeature>(feature);
            http.Features.Set<IHttpResetFeature>(feature);
            return next(http);
        }));

        for (var i = 0; i < 2; i++)
            Assert.That((await host.ExchangeAsync("GET", $"/cuts/{how}")).Outcome, Is.EqualTo("fwd=uri-miss; detail=not-replayable"));
    }

    [Test]
    public async Task Trailers_reach_every_client()
    {
        await using var host = await CachedHost.StartAsync(
            [typeof(CutsController)], services: services => services.Configure<KestrelServerOptions>(
                options => options.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2)));

        for (var i = 0; i < 2; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/cuts/followed")
            {
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            using var response = await host.Client.SendAsync(request);
            await response.Content.LoadIntoBufferAsync();

            Assert.That(response.TrailingHeaders.GetValues("Checksum"), Is.EqualTo(["1234"]));
        }
    }

    [Route("cuts"), RedisCached(Seconds = 60)]
    public sealed class CutsController : ControllerBase
    {
        [HttpGet("aborted")]
        public IActionResult GetAborted()
        {
            HttpContext.Abort();
            return Content("half");
        }

        [HttpGet("reset")]
        public IActionResult GetReset()
        {
            HttpContext.Features.GetRequiredFeature<IHttpResetFeature>().Reset(2);
            return Content("half");
        }

        // As where a storage gives up in the middle of a file: MVC aborts the request.
        [HttpGet("file")]
        public IActionResult GetFile() => File(new HalfFile(), "text/plain");

        [HttpGet("followed")]
        public IActionResult GetFollowed()
        {
            Response.AppendTrailer("Checksum", "1234");
            return Content("whole");
        }
    }

    private sealed class Unheard : IHttpRequestLifetimeFeature, IHttpResetFeature
    {
        public CancellationToken RequestAborted { get; set; }

        public void Abort()
        {
        }

        public void Reset(int errorCode)
        {
        }
    }

    private sealed class HalfFile : MemoryStream
    {
        public HalfFile()
            : base("half"u8.ToArray())
        {
        }

        public override bool CanSeek => false;

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length ? await base.ReadAsync(buffer, cancellationToken) : throw new OperationCanceledException();
    }
}

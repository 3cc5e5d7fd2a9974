using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;
using static UsersApi.Tests.Caching.Host.Ask;

namespace UsersApi.Tests.Caching.Http;

/// <summary>Pages that middleware shows in the place of an answer are for the request that failed, as they are without the cache.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed class ErrorPageTests
{
    private readonly Table _table = new(typeof(PagesController));

    internal static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        new Row("A page that is shown in the place of a missing one keeps its status",
            Get("/pages/error/404").Is("fwd=uri-miss; stored"), Get("/pages/nowhere").Gives(404).Says("page 404"), Get("/pages/error/404").Is("hit; ttl=60"))
            { Pipeline = app => app.UseStatusCodePagesWithReExecute("/pages/error/{0}") },
        new Row("A page that is shown in the place of an exception keeps its status",
            Get("/pages/error/500").Is("fwd=uri-miss; stored"), Get("/pages/throws").Gives(500).Says("page 500"), Get("/pages/error/500").Is("hit; ttl=60"))
            { Pipeline = app => app.UseExceptionHandler("/pages/error/500") },
        new Row("A bare error is described by middleware",
            Get("/pages/missing").Gives(404).Is("fwd=uri-miss; detail=status"), Get("/pages/missing").Gives(404))
            { Pipeline = app => app.UseStatusCodePages() },
        new Row("A bare error that is stored is described by middleware",
            Get("/pages/gone").Gives(410).Is("fwd=uri-miss; stored"), Get("/pages/gone").Gives(410).Is("hit; ttl=60"))
            { Pipeline = app => app.UseStatusCodePages() },
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    /// <summary>Without <c>[ApiController]</c>, which would describe errors by itself.</summary>
    [Route("pages"), RedisCached(Seconds = 60)]
    public sealed class PagesController : ControllerBase
    {
        [HttpGet("error/{status:int}")]
        public IActionResult GetError(int status) => Content($"page {status}");

        [HttpGet("missing")]
        public IActionResult GetMissing() => NotFound();

        [HttpGet("gone"), RedisCached(Seconds = 60, StatusCodes = [200, 410])]
        public IActionResult GetGone() => StatusCode(410);

        [HttpGet("throws")]
        public IActionResult GetNothing() => throw new InvalidOperationException("The test asks for it.");
    }
}

using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using StackExchange.Redis;
using UsersApi.Caching.Operations;
using UsersApi.Identity;

namespace UsersApi.Desk;

/// <summary>Lets an operator see, explain, evict and switch the cache.</summary>
[ApiController]
[Route("api/v1/cache")]
[Tags("Cache")]
public sealed class CacheController(CacheDesk desk, CacheExplainer explainer, CacheStatistics statistics, CacheSwitches switches)
    : ControllerBase
{
    private const int RetryAfterSeconds = 5;

    /// <summary>Evicts every response of some tags, paths or keys, on all nodes</summary>
    /// <remarks>
    /// Writes through this API evict what they change. Use this after a change that was made in another way. Every response has the tag
    /// `all`. With a key, every response of the same path is evicted.
    /// </remarks>
    /// <response code="204">The responses are evicted. Reads that begin from now on are answered from Postgres.</response>
    /// <response code="400">The body is malformed, a tag is not valid, or a key does not tell its path. Nothing is evicted.</response>
    /// <response code="503">Redis is not available. This node keeps trying. Repeat the request after `Retry-After` seconds.</response>
    [HttpPost("evictions")]
    [Consumes(MediaTypeNames.Application.Json)]
    [RequiresScope(Scopes.CacheAdmin)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, MediaTypeNames.Application.ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status503ServiceUnavailable, MediaTypeNames.Application.ProblemJson)]
    public async Task<ActionResult> Evict(EvictionRequest eviction)
    {
        try
        {
            // Not cancelled where the client goes away: whoever asked for it wants it done.
            if (await desk.EvictAsync(eviction.Tags, eviction.Paths, eviction.Keys))
            {
                return NoContent();
            }
        }
        catch (ArgumentException mistake)
        {
            ModelState.AddModelError("", mistake.Message);
            return ValidationProblem(ModelState);
        }

        return Unreachable("The eviction is tried again until it succeeds. Until then, other nodes may serve responses with these tags.");
    }

    /// <summary>Explains what the cache would do with a request, step by step</summary>
    /// <remarks>
    /// The request goes through the whole application, as its client would send it, and nothing of it is stored. On a miss its action runs,
    /// to see whether its answer could be stored, unless `runAction` is false. What comes from this node's memory is told as such.
    /// </remarks>
    /// <response code="200">The verdict, with key, tags and versions.</response>
    /// <response code="400">The body is malformed, or the target is not valid.</response>
    [HttpPost("explanations")]
    [Consumes(MediaTypeNames.Application.Json)]
    [RequiresScope(Scopes.CacheAdmin)]
    [ProducesResponseType<CacheExplanation>(StatusCodes.Status200OK, MediaTypeNames.Application.Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, MediaTypeNames.Application.ProblemJson)]
    public async Task<ActionResult<CacheExplanation>> Explain(ExplanationRequest request, CancellationToken cancellationToken) =>
        await explainer.ExplainAsync(request.Target, request.Headers, request.RunAction, HttpContext, cancellationToken);

    /// <summary>Shows a stored response</summary>
    /// <remarks>Its metadata; its body, which may hold personal data, only where asked for.</remarks>
    /// <param name="key" example="get:/api/v1/users:limit=20&amp;skip=0">The key, as an explanation names it.</param>
    /// <param name="body">Whether the body is shown too.</param>
    /// <response code="200">The response, whether it may still be served or not.</response>
    /// <response code="400">There is no key, or it is too long.</response>
    /// <response code="404">Nothing is stored under this key.</response>
    /// <response code="503">Redis cannot be reached, and this node has nothing under this key in its memory.</response>
    [HttpGet("entries")]
    [HttpHead("entries")]
    [RequiresScope(Scopes.CacheAdmin)]
    [ProducesResponseType<StoredResponse>(StatusCodes.Status200OK, MediaTypeNames.Application.Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, MediaTypeNames.Application.ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, MediaTypeNames.Application.ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status503ServiceUnavailable, MediaTypeNames.Application.ProblemJson)]
    public async Task<ActionResult<StoredResponse>> Show([Required, StringLength(8_192)] string key, bool body = false)
    {
        try
        {
            return await desk.ShowAsync(key, body) is { } found
                ? found
                : Problem(statusCode: StatusCodes.Status404NotFound, title: "Nothing is stored under this key");
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            return Unreachable("Nothing is under this key in the memory of this node.");
        }
    }

    /// <summary>Tells what became of the requests of this node since it started, by route</summary>
    /// <remarks>Figures of other nodes are theirs. With `scan`, what Redis holds for all nodes is counted too.</remarks>
    /// <param name="scan">Keys of Redis to pass at most, to count entries and bytes there too; 0 passes none.</param>
    /// <param name="endpoints">The routes of the application.</param>
    /// <param name="cancellationToken">Ends the look through Redis.</param>
    /// <response code="200">The figures.</response>
    /// <response code="400">`scan` is out of its range.</response>
    /// <response code="503">Redis cannot be reached, and it was to be looked through.</response>
    [HttpGet("statistics")]
    [HttpHead("statistics")]
    [RequiresScope(Scopes.CacheAdmin)]
    [ProducesResponseType<StatisticsResponse>(StatusCodes.Status200OK, MediaTypeNames.Application.Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, MediaTypeNames.Application.ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status503ServiceUnavailable, MediaTypeNames.Application.ProblemJson)]
    public async Task<ActionResult<StatisticsResponse>> Statistics(
        [FromServices] EndpointDataSource endpoints,
        [Range(0, CacheStatistics.MostScanned)] int scan = 0,
        CancellationToken cancellationToken = default)
    {
        try
        {
            var routes = endpoints.Endpoints.OfType<RouteEndpoint>().Select(endpoint => endpoint.RoutePattern.RawText!).Distinct();
            return new StatisticsResponse(
                switches.IsOn, statistics.Routes, statistics.InMemory,
                scan > 0 ? await statistics.ScanAsync(scan, routes, cancellationToken) : null);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            return Unreachable("Without `scan`, the figures of this node can be had.");
        }
    }

    /// <summary>Switches the cache off or on, on all nodes within a second</summary>
    /// <remarks>
    /// Off, every request is answered by its action. Evictions go on, so that nothing old is there when it is on again. What the
    /// configuration switches off stays off.
    /// </remarks>
    /// <response code="204">Done.</response>
    /// <response code="400">The body is malformed.</response>
    /// <response code="503">This node is switched; the others are when Redis can be reached again and takes it.</response>
    [HttpPut("switch")]
    [Consumes(MediaTypeNames.Application.Json)]
    [RequiresScope(Scopes.CacheAdmin)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, MediaTypeNames.Application.ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status503ServiceUnavailable, MediaTypeNames.Application.ProblemJson)]
    public async Task<ActionResult> Switch(SwitchRequest request) =>
        await switches.SetAsync(request.Enabled)
            ? NoContent()
            : Unreachable("This node is switched; the others are when Redis can be reached again and takes it.");

    private ObjectResult Unreachable(string detail)
    {
        Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Problem(statusCode: StatusCodes.Status503ServiceUnavailable, title: "The cache cannot be reached", detail: detail);
    }
}

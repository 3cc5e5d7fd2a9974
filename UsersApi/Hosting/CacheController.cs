using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Caching;
using UsersApi.Identity;

namespace UsersApi.Hosting;

/// <summary>Lets an operator evict cached responses after a change that this API did not make.</summary>
[ApiController]
[Route("api/v1/cache")]
[Tags("Cache")]
public sealed class CacheController(IRedisCacheEvictor cache) : ControllerBase
{
    private const int RetryAfterSeconds = 5;

    /// <summary>Evicts all cached responses with one of these tags, on every node</summary>
    /// <remarks>Writes through this API evict what they change. Use this after a change that was made in another way.</remarks>
    /// <response code="204">The responses are evicted. Reads that begin from now on are answered from Postgres.</response>
    /// <response code="400">The body is malformed, or a tag is not valid.</response>
    /// <response code="503">Redis is not available. This node keeps trying. Repeat the request after `Retry-After` seconds.</response>
    [HttpPost("evictions")]
    [Consumes(MediaTypeNames.Application.Json)]
    [RequiresScope(Scopes.CacheAdmin)]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, MediaTypeNames.Application.ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status503ServiceUnavailable, MediaTypeNames.Application.ProblemJson)]
    public async Task<ActionResult> Evict(EvictionRequest eviction)
    {
        // Not cancelled where the client goes away: whoever asked for it wants it done.
        if (await cache.EvictAsync(eviction.Tags))
        {
            return NoContent();
        }

        Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return Problem(
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "The cache cannot be reached",
            detail: "The eviction is tried again until it succeeds. Until then, other nodes may serve responses with these tags.");
    }
}

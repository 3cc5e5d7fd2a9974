using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Caching;
using UsersApi.Identity;

namespace UsersApi.Hosting;

/// <summary>Lets an operator evict what somebody changed where no eviction is declared.</summary>
[ApiController]
[Route("api/v1/cache")]
[Tags("Cache")]
public sealed class CacheController(IRedisCacheEvictor cache) : ControllerBase
{
    private const int RetryAfterSeconds = 5;

    /// <summary>Evicts every response that is stored under one of some tags, on all nodes</summary>
    /// <remarks>Writes of this API evict by themselves; this is for changes that no eviction declares.</remarks>
    /// <response code="204">A read that begins now is answered from Postgres.</response>
    /// <response code="400">The body is malformed, or a tag is not valid.</response>
    /// <response code="503">Redis cannot be reached. This node keeps trying; `Retry-After` says when to ask again.</response>
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
            detail: "Until it is, this node serves nothing stored under these tags; other nodes may.");
    }
}

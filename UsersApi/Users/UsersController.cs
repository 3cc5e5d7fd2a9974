using System.ComponentModel.DataAnnotations;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Caching;
using UsersApi.Caching.Policies;
using UsersApi.Data;
using UsersApi.Hosting;

namespace UsersApi.Users;

/// <summary>Reads users; what writes them is in the other part.</summary>
[ApiController]
[Route("api/v1/users")]
[Tags("Users")]
public sealed partial class UsersController(
    UserRepository users, RequestWrite write, UserIds ids, TimeProvider clock, ILogger<UsersController> logger) : ControllerBase
{
    private const string Json = MediaTypeNames.Application.Json;
    private const string ProblemJson = MediaTypeNames.Application.ProblemJson;

    // Long enough for a restart or a failover; what was evicted is not served even then.
    private const int WhilePostgresIsDown = 600;

    private const string NextPage = "RFC 8288: the next page as a relative URL with rel=\"next\"; absent on the last page.";
    private const string RowVersion = "Strong: it changes with every update of the user, and when a release changes what a user looks like. Send it back in If-Match.";

    /// <summary>Lists users, oldest first</summary>
    /// <remarks>
    /// Cached for 60 seconds; every write evicts it. Pages: follow the `Link` header, whose `after` stays fast at any depth,
    /// or count with `skip`, which does not.
    /// </remarks>
    /// <param name="skip">How many users to leave out from the first one; not together with `after`.</param>
    /// <param name="limit">How many users to return at most.</param>
    /// <param name="isActive">Only users that are active, or only those that are not.</param>
    /// <param name="after">The cursor of a `Link` header: only users after that page.</param>
    /// <param name="cancellationToken">Ends the query when the client goes away.</param>
    /// <response code="200">The users; an empty array past the end.</response>
    /// <response code="400">A parameter is out of its range, or the cursor is none.</response>
    [HttpGet]
    [RedisCached(Seconds = 60, StaleIfErrorSeconds = WhilePostgresIsDown, Tags = ["users"], Audience = CacheAudience.Everyone)]
    [ProducesResponseType<IReadOnlyList<UserResponse>>(StatusCodes.Status200OK, Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    [ProducesHeader(StatusCodes.Status200OK, "Link", NextPage)]
    public Task<ActionResult<UserJson>> List(
        [Range(0, int.MaxValue)] int skip = 0,
        [Range(1, UserLimits.MaxRows)] int limit = UserLimits.DefaultPage,
        bool? isActive = null,
        [Cursor] string? after = null,
        CancellationToken cancellationToken = default) =>
        PageAsync(nameof(List), skip, limit, isActive, after, cancellationToken);

    /// <summary>Lists users without the cache</summary>
    /// <remarks>The same list, straight from Postgres: to compare. It exists in Development only.</remarks>
    /// <param name="skip">How many users to leave out from the first one; not together with `after`.</param>
    /// <param name="limit">How many users to return at most.</param>
    /// <param name="isActive">Only users that are active, or only those that are not.</param>
    /// <param name="after">The cursor of a `Link` header: only users after that page.</param>
    /// <param name="cancellationToken">Ends the query when the client goes away.</param>
    /// <response code="200">The users; an empty array past the end.</response>
    /// <response code="400">A parameter is out of its range, or the cursor is none.</response>
    [HttpGet("nocache")]
    [HttpHead("nocache")]
    [DevelopmentOnly]
    [ProducesResponseType<IReadOnlyList<UserResponse>>(StatusCodes.Status200OK, Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    [ProducesHeader(StatusCodes.Status200OK, "Link", NextPage)]
    public Task<ActionResult<UserJson>> ListUncached(
        [Range(0, int.MaxValue)] int skip = 0,
        [Range(1, UserLimits.MaxRows)] int limit = UserLimits.DefaultPage,
        bool? isActive = null,
        [Cursor] string? after = null,
        CancellationToken cancellationToken = default) =>
        PageAsync(nameof(ListUncached), skip, limit, isActive, after, cancellationToken);

    /// <summary>Finds users by the start of their email or full name</summary>
    /// <remarks>Not cached. In any case (upper or lower); matching emails come first, in their order, then matching names.</remarks>
    /// <param name="q" example="ada">What the email or the full name starts with.</param>
    /// <param name="limit" example="20">How many users to return at most.</param>
    /// <param name="cancellationToken">Ends the query when the client goes away.</param>
    /// <response code="200">The users found, possibly none.</response>
    /// <response code="400">There is no text to look for, or it is too long.</response>
    [HttpGet("search")]
    [HttpHead("search")]
    [ProducesResponseType<IReadOnlyList<UserResponse>>(StatusCodes.Status200OK, Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    public async Task<ActionResult<IReadOnlyList<UserResponse>>> Search(
        [Required, TextLength(UserLimits.EmailLength, MinimumLength = 1), PlainText] string q,
        [Range(1, UserLimits.MaxFound)] int limit = UserLimits.DefaultPage,
        CancellationToken cancellationToken = default) =>
        Ok(await users.SearchAsync(q, limit, cancellationToken));

    /// <summary>Reads one user</summary>
    /// <remarks>Cached for 60 seconds; every write to this user evicts it.</remarks>
    /// <param name="id" example="0125e72e-ab51-7daf-a706-dd2f4d197e6f">The user's id.</param>
    /// <param name="cancellationToken">Ends the query when the client goes away.</param>
    /// <response code="200">The user.</response>
    /// <response code="404">No user has this id.</response>
    [HttpGet("{id:guid}")]
    [RedisCached(
        Seconds = 60, StaleIfErrorSeconds = WhilePostgresIsDown, Tags = ["user:{id}", "user"], DeclaredQueryOnly = true,
        Audience = CacheAudience.Everyone)]
    [ProducesResponseType<UserResponse>(StatusCodes.Status200OK, Json)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, ProblemJson)]
    [ProducesHeader(StatusCodes.Status200OK, "ETag", RowVersion)]
    public async Task<ActionResult<UserResponse>> Find(Guid id, CancellationToken cancellationToken) =>
        await users.FindAsync(id, cancellationToken) is { } user ? WithETag(user) : this.NoSuchUser();

    private async Task<ActionResult<UserJson>> PageAsync(
        string action, int skip, int limit, bool? isActive, string? after, CancellationToken cancellationToken)
    {
        if (skip > 0 && after is not null)
        {
            return this.SkipWithAfter();
        }

        Guid? afterId = UserCursor.TryDecode(after, out var decoded) ? decoded : null;
        var page = await users.ListAsync(new UserPageQuery(skip, limit, isActive, afterId), cancellationToken);
        if (page.Last is { } last)
        {
            // Relative: a cached response is right under every host name.
            var next = Url.Action(action, new { limit, isActive = isActive?.ToString().ToLowerInvariant(), after = UserCursor.Encode(last) });
            Response.Headers.Link = $"<{next}>; rel=\"next\"";
        }

        return page.Users;
    }

    private UserResponse WithETag(UserResponse user)
    {
        Response.Headers.ETag = RowVersions.ToETag(user.Version);
        return user;
    }
}

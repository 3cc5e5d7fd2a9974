using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Caching;
using UsersApi.Caching.Keys;
using UsersApi.Caching.Policies;
using UsersApi.Data;
using UsersApi.Hosting;
using UsersApi.Identity;

namespace UsersApi.Users;

/// <summary>Reads users; what writes them is in the other part.</summary>
[ApiController]
[Route("api/v1/users")]
[Tags("Users")]
[ReadScope(Scopes.UsersRead)]
public sealed partial class UsersController(
    UserRepository users, RequestWrite write, UserIds ids, TimeProvider clock, ILogger<UsersController> logger) : ControllerBase
{
    private const string Json = MediaTypeNames.Application.Json;
    private const string ProblemJson = MediaTypeNames.Application.ProblemJson;

    // Long enough for a restart or a failover; what was evicted is not served even then.
    private const int WhilePostgresIsDown = 600;

    private const string Total = "total";
    private const string TotalCount = "Total-Count";
    private const string NextPage = "The URL of the next page, relative, with `rel=\"next\"` (RFC 8288). The last page has none.";
    private const string RowVersion =
        "Identifies this version of the user. Send it back in `If-Match`, so that a write does not overwrite the changes of others.";

    private const string ToSetSuperuser = $"`{Scopes.UsersAdmin}`, which setting `isSuperuser` needs";
    private const string UserId = "The user's id.";
    private const string IfMatch =
        "ETags, or `*` for any version. If the user has none of them, the write is refused with 412. Without this header, "
        + "the write overwrites whatever is there.";
    private const string IfNoneMatch =
        "ETags, or `*` for any version. If the user has one of them, the write is refused with 412.";

    private bool MaySetSuperuser => User.HasScope(Scopes.UsersAdmin);

    /// <summary>Lists users, oldest first</summary>
    /// <remarks>
    /// Cached for 60 seconds. Every write evicts it, so a list never misses a write that was acknowledged before the request.
    /// To page, follow the `Link` header: its `after` is fast at any depth, and `skip` is not. `email` finds one user.
    /// </remarks>
    /// <param name="skip">How many users to leave out, counted from the first. It cannot be combined with `after`.</param>
    /// <param name="limit">The largest number of users to return.</param>
    /// <param name="isActive">`true` lists only active users, `false` only those that are not.</param>
    /// <param name="after">A cursor, as it comes in a `Link` header: lists the users after that page. It belongs to one `sort`.</param>
    /// <param name="email">Lists only the user with this email address. Upper and lower case are the same.</param>
    /// <param name="sort">The order; a minus reverses it. Without it, users come in the order of their ids: oldest first.</param>
    /// <param name="include">`total` adds the header `Total-Count`: how many users all pages hold together.</param>
    /// <param name="cancellationToken">Ends the query when the client goes away.</param>
    /// <response code="200">The users; an empty array past the end.</response>
    /// <response code="400">A parameter is not valid, or the cursor belongs to another sort.</response>
    [HttpGet]
    [RedisCached(Seconds = 60, StaleIfErrorSeconds = WhilePostgresIsDown, Tags = ["users"], Audience = CacheAudience.Everyone)]
    [ProducesResponseType<IReadOnlyList<UserResponse>>(StatusCodes.Status200OK, Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    [ProducesHeader(StatusCodes.Status200OK, "Link", NextPage)]
    [ProducesHeader(StatusCodes.Status200OK, TotalCount, "How many users all pages hold together; only with `include=total`.")]
    public Task<ActionResult<UserJson>> List(
        [Range(0, int.MaxValue)] int skip = 0,
        [Range(1, UserLimits.MaxRows)] int limit = UserLimits.DefaultPage,
        bool? isActive = null,
        [Cursor, HashedInKey] string? after = null,
        [TextLength(UserLimits.EmailLength, MinimumLength = 1), PlainText, HashedInKey] string? email = null,
        [AllowedValues(null, UserSorts.CreatedAt, UserSorts.CreatedAtDescending, UserSorts.Email, UserSorts.EmailDescending,
            ErrorMessage = "The field sort must be createdAt, -createdAt, email or -email.")] string? sort = null,
        [AllowedValues(null, Total, ErrorMessage = "The field include must be total.")] string? include = null,
        CancellationToken cancellationToken = default) =>
        PageAsync(nameof(List), new UserPageQuery(skip, limit, isActive, email, sort, after, include is not null), cancellationToken);

    /// <summary>Lists users without the cache</summary>
    /// <remarks>The same list, read from Postgres each time, to compare. It exists in Development only.</remarks>
    /// <param name="skip">How many users to leave out, counted from the first. It cannot be combined with `after`.</param>
    /// <param name="limit">The largest number of users to return.</param>
    /// <param name="isActive">`true` lists only active users, `false` only those that are not.</param>
    /// <param name="after">A cursor, as it comes in a `Link` header: lists the users after that page. It belongs to one `sort`.</param>
    /// <param name="email">Lists only the user with this email address. Upper and lower case are the same.</param>
    /// <param name="sort">The order; a minus reverses it. Without it, users come in the order of their ids: oldest first.</param>
    /// <param name="include">`total` adds the header `Total-Count`: how many users all pages hold together.</param>
    /// <param name="cancellationToken">Ends the query when the client goes away.</param>
    /// <response code="200">The users; an empty array past the end.</response>
    /// <response code="400">A parameter is not valid, or the cursor belongs to another sort.</response>
    [HttpGet("nocache")]
    [HttpHead("nocache")]
    [DevelopmentOnly]
    [ProducesResponseType<IReadOnlyList<UserResponse>>(StatusCodes.Status200OK, Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    [ProducesHeader(StatusCodes.Status200OK, "Link", NextPage)]
    [ProducesHeader(StatusCodes.Status200OK, TotalCount, "How many users all pages hold together; only with `include=total`.")]
    public Task<ActionResult<UserJson>> ListUncached(
        [Range(0, int.MaxValue)] int skip = 0,
        [Range(1, UserLimits.MaxRows)] int limit = UserLimits.DefaultPage,
        bool? isActive = null,
        [Cursor] string? after = null,
        [TextLength(UserLimits.EmailLength, MinimumLength = 1), PlainText] string? email = null,
        [AllowedValues(null, UserSorts.CreatedAt, UserSorts.CreatedAtDescending, UserSorts.Email, UserSorts.EmailDescending,
            ErrorMessage = "The field sort must be createdAt, -createdAt, email or -email.")] string? sort = null,
        [AllowedValues(null, Total, ErrorMessage = "The field include must be total.")] string? include = null,
        CancellationToken cancellationToken = default) =>
        PageAsync(
            nameof(ListUncached), new UserPageQuery(skip, limit, isActive, email, sort, after, include is not null), cancellationToken);

    /// <summary>Finds users by the start of their email or full name</summary>
    /// <remarks>
    /// Upper and lower case are the same. Users whose email matches come first, ordered by email; then those whose name does.
    /// </remarks>
    /// <param name="q" example="ada">The beginning of an email or of a full name.</param>
    /// <param name="limit" example="20">The largest number of users to return.</param>
    /// <param name="cancellationToken">Ends the query when the client goes away.</param>
    /// <response code="200">The users found, possibly none.</response>
    /// <response code="400">The text is missing or too long.</response>
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
    /// <remarks>Cached for 60 seconds. Every write to this user evicts it.</remarks>
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

    private async Task<ActionResult<UserJson>> PageAsync(string action, UserPageQuery query, CancellationToken cancellationToken)
    {
        if (query is { Skip: > 0, After: not null })
        {
            return this.SkipWithAfter();
        }

        if (!query.HasOwnCursor)
        {
            return this.CursorOfAnotherSort();
        }

        var page = await users.ListAsync(query, cancellationToken);
        Response.Headers[TotalCount] = page.Total?.ToString(CultureInfo.InvariantCulture);
        if (page.Next is { } after)
        {
            // Relative: a cached response is right under every host name.
            var isActive = query.IsActive?.ToString().ToLowerInvariant();
            var include = query.WithTotal ? Total : null;
            var next = Url.Action(action, new { limit = query.Limit, isActive, email = query.Email, sort = query.Sort, include, after });
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

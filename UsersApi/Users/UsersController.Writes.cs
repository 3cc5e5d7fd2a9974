using System.ComponentModel;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Caching;
using UsersApi.Hosting;
using UsersApi.Identity;
using UsersApi.Server;

namespace UsersApi.Users;

public sealed partial class UsersController
{
    /// <summary>Replaces a user</summary>
    /// <remarks>A member that is left out gets its default. Every accepted request raises the version, even if nothing changes.</remarks>
    /// <response code="200">The user as it is now.</response>
    /// <response code="400">The body is malformed, a field is not valid, or If-Match or If-None-Match is not a list of ETags.</response>
    /// <response code="404">No user has this id.</response>
    /// <response code="409">Another user has this email, or other writes came first each time.</response>
    /// <response code="412">The user has changed: its ETag does not meet `If-Match` or `If-None-Match`.</response>
    [HttpPut("{id:guid}")]
    [Consumes(Json)]
    [RequiresScope(Scopes.UsersWrite, Besides = ToSetSuperuser), ReportsWrite]
    [RedisCacheEvict("users", "user:{id}")]
    [ProducesResponseType<UserResponse>(StatusCodes.Status200OK, Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, ProblemJson)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status409Conflict, ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status412PreconditionFailed, ProblemJson)]
    [ProducesHeader(StatusCodes.Status200OK, "ETag", RowVersion), ConditionalWrite]
    public Task<ActionResult<UserResponse>> Replace(
        [Description(UserId)] Guid id,
        UserRequest user,
        [FromHeader(Name = "If-Match"), Description(IfMatch)] string? ifMatch,
        [FromHeader(Name = "If-None-Match"), Description(IfNoneMatch)] string? ifNoneMatch,
        CancellationToken cancellationToken) =>
        UpdateAsync(id, UserChange.From(user), ifMatch, ifNoneMatch, cancellationToken);

    /// <summary>Changes some fields of a user</summary>
    /// <remarks>
    /// A JSON merge patch (RFC 7396): a member that is left out stays as it is, and null removes the full name. Every accepted request
    /// raises the version, even if nothing changes.
    /// </remarks>
    /// <response code="200">The user as it is now.</response>
    /// <response code="400">The body is malformed, a field is unknown or not valid, or a condition is not a list of ETags.</response>
    /// <response code="404">No user has this id.</response>
    /// <response code="409">Another user has this email, or other writes came first each time.</response>
    /// <response code="412">The user has changed: its ETag does not meet `If-Match` or `If-None-Match`.</response>
    [HttpPatch("{id:guid}")]
    [Consumes("application/merge-patch+json", Json)]
    [RequiresScope(Scopes.UsersWrite, Besides = ToSetSuperuser), ReportsWrite]
    [RedisCacheEvict("users", "user:{id}")]
    [ProducesResponseType<UserResponse>(StatusCodes.Status200OK, Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, ProblemJson)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status409Conflict, ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status412PreconditionFailed, ProblemJson)]
    [ProducesHeader(StatusCodes.Status200OK, "ETag", RowVersion), ConditionalWrite]
    public Task<ActionResult<UserResponse>> Patch(
        [Description(UserId)] Guid id,
        UserPatch patch,
        [FromHeader(Name = "If-Match"), Description(IfMatch)] string? ifMatch,
        [FromHeader(Name = "If-None-Match"), Description(IfNoneMatch)] string? ifNoneMatch,
        CancellationToken cancellationToken) =>
        UpdateAsync(id, UserChange.From(patch), ifMatch, ifNoneMatch, cancellationToken);

    /// <summary>Deletes a user</summary>
    /// <remarks>This cannot be undone. Another user can have the email then.</remarks>
    /// <response code="204">The user is gone.</response>
    /// <response code="400">If-Match or If-None-Match is not a list of ETags.</response>
    /// <response code="404">No user has this id.</response>
    /// <response code="409">Other writes came first each time.</response>
    /// <response code="412">The user has changed: its ETag does not meet `If-Match` or `If-None-Match`.</response>
    [HttpDelete("{id:guid}")]
    [RequiresScope(Scopes.UsersWrite), ReportsWrite]
    [RedisCacheEvict("users", "user:{id}")]
    [ProducesResponseType(StatusCodes.Status204NoContent)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status404NotFound, ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status409Conflict, ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status412PreconditionFailed, ProblemJson), ConditionalWrite]
    public async Task<ActionResult> Delete(
        [Description(UserId)] Guid id,
        [FromHeader(Name = "If-Match"), Description(IfMatch)] string? ifMatch,
        [FromHeader(Name = "If-None-Match"), Description(IfNoneMatch)] string? ifNoneMatch,
        CancellationToken cancellationToken)
    {
        if (ConditionsIn(ifMatch, ifNoneMatch, out var malformed) is not { } conditions)
        {
            return this.BadCondition(malformed);
        }

        var result = await users.DeleteAsync(id, conditions, write, cancellationToken);
        return result.Outcome == UserWriteOutcome.Done ? NoContent() : Refusal(result.Outcome);
    }

    private async Task<ActionResult<UserResponse>> UpdateAsync(
        Guid id, UserChange change, string? ifMatch, string? ifNoneMatch, CancellationToken cancellationToken)
    {
        if (ConditionsIn(ifMatch, ifNoneMatch, out var malformed) is not { } conditions)
        {
            return this.BadCondition(malformed);
        }

        var wanted = change with { MayChangeSuperuser = MaySetSuperuser };
        var result = await users.UpdateAsync(id, wanted, conditions, write, clock.GetUtcNow(), cancellationToken);
        return result.User is { } updated ? WithETag(updated) : Refusal(result.Outcome);
    }

    // MVC binds an empty header to null, as it does an absent one.
    private WriteConditions? ConditionsIn(string? ifMatch, string? ifNoneMatch, out string malformed) => WriteConditions.Read(
        ifMatch ?? (Request.Headers.IfMatch.Count > 0 ? "" : null),
        ifNoneMatch ?? (Request.Headers.IfNoneMatch.Count > 0 ? "" : null),
        out malformed);

    private ActionResult Refusal(UserWriteOutcome outcome) => outcome switch
    {
        UserWriteOutcome.NotFound => this.NoSuchUser(),
        UserWriteOutcome.VersionMismatch => this.VersionMismatch(),
        UserWriteOutcome.LostRace => this.LostRace(),
        UserWriteOutcome.SuperuserRefused => this.SuperuserRefused(),
        UserWriteOutcome.StillRunning => this.StillRunning(),
        UserWriteOutcome.OtherRequest => this.OtherRequest(),
        _ => this.EmailTaken(),
    };
}

using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using UsersApi.Caching;
using UsersApi.Data;
using UsersApi.Hosting;
using UsersApi.Identity;

namespace UsersApi.Users;

public sealed partial class UsersController
{
    private const string IdempotencyKey =
        "A text that the client chooses for this request, such as a UUID: 1 to 255 visible ASCII characters, in quotes or not. If the "
        + "request is sent again with the same key, it gets the answer of the first one, and creates nothing again.";

    // The quotes count here.
    private const int IdempotencyKeyLength = IdempotentRequest.MostCharacters + 2;

    /// <summary>Creates a user</summary>
    /// <remarks>A member that is left out gets its default. The server chooses the id.</remarks>
    /// <response code="201">The new user. `Location` has its URL.</response>
    /// <response code="400">The body is malformed, a field is not valid, or `Idempotency-Key` holds no key.</response>
    /// <response code="409">Another user has this email, other writes came first, or the same request is still running.</response>
    /// <response code="422">The `Idempotency-Key` was used for another request.</response>
    [HttpPost]
    [Consumes(Json)]
    [RequiresScope(Scopes.UsersWrite, Besides = ToSetSuperuser), ReportsWrite]
    [RedisCacheEvict("users")]
    [ProducesResponseType<UserResponse>(StatusCodes.Status201Created, Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status409Conflict, ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status422UnprocessableEntity, ProblemJson)]
    [ProducesHeader(StatusCodes.Status201Created, "Location", "The user's URL, relative.")]
    [ProducesHeader(StatusCodes.Status201Created, "ETag", RowVersion)]
    public async Task<ActionResult<UserResponse>> Create(
        UserRequest user,
        [FromHeader(Name = IdempotentRequest.Header), Description(IdempotencyKey), StringLength(IdempotencyKeyLength)]
        string? idempotencyKey,
        CancellationToken cancellationToken)
    {
        if (user.IsSuperuser && !MaySetSuperuser)
        {
            return this.SuperuserRefused();
        }

        if (!TryBeginOnce(idempotencyKey, user))
        {
            return this.BadIdempotencyKey();
        }

        var result = await users.InsertAsync(NewUser(user), write, cancellationToken);
        return result.User is { } created
            ? Created(new Uri(Url.Action(nameof(Find), new { id = created.Id })!, UriKind.Relative), WithETag(created))
            : Refusal(result.Outcome);
    }

    /// <summary>Creates up to 20,000 users in one transaction</summary>
    /// <remarks>
    /// Either all users are created or none. If an email is taken, or occurs twice, the errors name it by its position: `[3].email`.
    /// </remarks>
    /// <response code="201">How many users were created, and their ids in the order of the request.</response>
    /// <response code="400">The body is malformed, empty or too long, a field is not valid, or `Idempotency-Key` holds no key.</response>
    /// <response code="409">
    /// Emails are taken or repeated; the errors name up to 100. Or other writes came first each time, or the same request is still running.
    /// </response>
    /// <response code="422">The `Idempotency-Key` was used for another request.</response>
    [HttpPost("bulk")]
    [Consumes(Json)]
    [RequestSizeLimit(UserLimits.BulkBytes)]
    [RequiresScope(Scopes.UsersWrite, Besides = ToSetSuperuser), ReportsWrite]
    [RedisCacheEvict("users")]
    [ProducesResponseType<BulkResponse>(StatusCodes.Status201Created, Json)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status400BadRequest, ProblemJson)]
    [ProducesResponseType<ValidationProblemDetails>(StatusCodes.Status409Conflict, ProblemJson)]
    [ProducesResponseType<ProblemDetails>(StatusCodes.Status422UnprocessableEntity, ProblemJson)]
    public async Task<ActionResult<BulkResponse>> CreateAll(
        [MinLength(1), MaxLength(UserLimits.MaxRows), NoNulls] IReadOnlyList<UserRequest> body,
        [FromHeader(Name = IdempotentRequest.Header), Description(IdempotencyKey), StringLength(IdempotencyKeyLength)]
        string? idempotencyKey,
        CancellationToken cancellationToken)
    {
        if (!MaySetSuperuser && body.Any(user => user.IsSuperuser))
        {
            return this.SuperuserRefused();
        }

        if (!TryBeginOnce(idempotencyKey, body))
        {
            return this.BadIdempotencyKey();
        }

        var repeated = BulkEmails.FindRepeated(body);
        if (repeated.Count > 0)
        {
            return this.EmailsRepeated(repeated);
        }

        List<UserResponse> created = [.. body.Select(NewUser)];
        var result = await users.InsertAllAsync(created, write, cancellationToken);
        if (result.Ids is not { } ids)
        {
            return result.Taken is { } taken ? this.EmailsTaken(taken) : Refusal(result.Outcome);
        }

        // Nothing was created where the same request came before.
        if (write.IsCommitted)
        {
            Log.BulkCreated(logger, ids.Count);
        }

        return StatusCode(StatusCodes.Status201Created, new BulkResponse(ids.Count, ids));
    }

    /// <summary>Lets the write that follows be carried out once, where the client asks for it.</summary>
    /// <returns>False where the header holds no key.</returns>
    private bool TryBeginOnce(string? header, object payload)
    {
        // MVC binds an empty header to null, as it does an absent one.
        header ??= Request.Headers.ContainsKey(IdempotentRequest.Header) ? "" : null;
        if (header is null)
        {
            return true;
        }

        write.Once = IdempotentRequest.Read(header, User, $"{Request.Method} {ControllerContext.ActionDescriptor.ActionName}", payload);
        return write.Once is not null;
    }

    private UserResponse NewUser(UserRequest user)
    {
        var now = clock.GetUtcNow();
        return new UserResponse(
            ids.Next(), user.Email, user.FullName, user.IsActive, user.IsSuperuser, now.UtcDateTime, now.UtcDateTime, Version: 1);
    }
}

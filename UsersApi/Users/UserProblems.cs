using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using UsersApi.Data;
using UsersApi.Identity;

namespace UsersApi.Users;

/// <summary>The problems that the feature answers. None repeats what the client sent: it may be personal data.</summary>
internal static class UserProblems
{
    // A client that sent 20,000 known addresses learns enough from these.
    private const int MaxNamed = 100;

    public static ObjectResult NoSuchUser(this ControllerBase controller) =>
        controller.Problem(statusCode: StatusCodes.Status404NotFound, title: "No such user", detail: "No user has this id.");

    public static ObjectResult VersionMismatch(this ControllerBase controller) => controller.Problem(
        statusCode: StatusCodes.Status412PreconditionFailed,
        title: "The user has changed",
        detail: "The current ETag of the user does not meet If-Match or If-None-Match. Read the user again before you retry.");

    /// <summary>The same answer as where the operation's own scope is missing (RFC 6750, section 3.1).</summary>
    public static ObjectResult SuperuserRefused(this ControllerBase controller)
    {
        controller.Response.Headers.WWWAuthenticate = BearerProblems.InsufficientScope(Scopes.UsersAdmin);
        return controller.Problem(
            statusCode: StatusCodes.Status403Forbidden,
            detail: $"To set isSuperuser, a token needs the scope {Scopes.UsersAdmin} too. Nothing was written.");
    }

    public static ActionResult BadCondition(this ControllerBase controller, string header) =>
        Invalid(controller, StatusCodes.Status400BadRequest, null, [(header, "The value must be * or a list of ETags in quotes.")]);

    public static ActionResult SkipWithAfter(this ControllerBase controller) =>
        Invalid(controller, StatusCodes.Status400BadRequest, null, [("skip", "skip and after cannot be combined.")]);

    public static ActionResult CursorOfAnotherSort(this ControllerBase controller) => Invalid(
        controller, StatusCodes.Status400BadRequest, null, [("after", "This cursor belongs to a list of another sort.")]);

    public static ActionResult EmailTaken(this ControllerBase controller) =>
        Invalid(controller, StatusCodes.Status409Conflict, "The email is taken", [("email", "Another user has this email.")]);

    public static ObjectResult LostRace(this ControllerBase controller) => controller.Problem(
        statusCode: StatusCodes.Status409Conflict,
        title: "Nothing was changed: other writes came first",
        detail: "Other writes to the same users were committed first, several times in a row. Send the request again.");

    public static ObjectResult StillRunning(this ControllerBase controller) => controller.Problem(
        statusCode: StatusCodes.Status409Conflict,
        title: "The request is still running",
        detail: "A request with the same Idempotency-Key has not been answered yet. Send this one again later: it gets the same answer.");

    public static ObjectResult OtherRequest(this ControllerBase controller) => controller.Problem(
        statusCode: StatusCodes.Status422UnprocessableEntity,
        title: "The Idempotency-Key was used before",
        detail: "Another request came with the same Idempotency-Key. A new request needs a new key.");

    public static ActionResult BadIdempotencyKey(this ControllerBase controller) => Invalid(
        controller,
        StatusCodes.Status400BadRequest,
        null,
        [(IdempotentRequest.Header, "This is not a key of 1 to 255 visible ASCII characters, in quotes or not.")]);

    public static ActionResult EmailsTaken(this ControllerBase controller, IReadOnlyList<int> positions) =>
        Invalid(
            controller,
            StatusCodes.Status409Conflict,
            "No user was created: some emails are taken",
            positions.Take(MaxNamed).Select(position => ($"[{position}].email", "Another user has this email.")));

    public static ActionResult EmailsRepeated(this ControllerBase controller, IReadOnlyList<(int First, int Again)> repeated) =>
        Invalid(
            controller,
            StatusCodes.Status409Conflict,
            "No user was created: some emails are repeated",
            repeated.Take(MaxNamed).Select(pair => ($"[{pair.Again}].email", $"The same email as [{pair.First}].email.")));

    private static ActionResult Invalid(
        ControllerBase controller, int status, string? title, IEnumerable<(string Field, string Message)> errors)
    {
        var state = new ModelStateDictionary();
        foreach (var (field, message) in errors)
        {
            state.AddModelError(field, message);
        }

        return controller.ValidationProblem(modelStateDictionary: state, statusCode: status, title: title);
    }
}

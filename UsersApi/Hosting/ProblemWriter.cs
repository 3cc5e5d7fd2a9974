using System.Net.Mime;
using Microsoft.AspNetCore.Http.Json;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;

namespace UsersApi.Hosting;

/// <summary>Writes problems as JSON whatever the client accepts: an error that can be read beats none.</summary>
internal sealed class ProblemWriter(IOptions<JsonOptions> json) : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context)
    {
        var http = context.HttpContext;
        var given = context.ProblemDetails;

        // The factory is scoped to nothing, and fills in the status' title and type, of most of them, and the trace id.
        var factory = http.RequestServices.GetRequiredService<ProblemDetailsFactory>();
        var problem = factory.CreateProblemDetails(http, given.Status ?? http.Response.StatusCode, given.Title, given.Type, given.Detail);
        problem.Title ??= ReasonPhrases.GetReasonPhrase(http.Response.StatusCode);
        foreach (var (name, value) in given.Extensions)
        {
            problem.Extensions[name] = value;
        }

        await http.Response.WriteAsJsonAsync(
            problem,
            json.Value.SerializerOptions,
            MediaTypeNames.Application.ProblemJson,
            http.RequestAborted);
    }
}

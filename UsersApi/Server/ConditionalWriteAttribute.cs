using System.Net.Mime;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.Formatters;
using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.Extensions.Options;

namespace UsersApi.Server;

/// <summary>
/// Marks a write to something that exists. Where <see cref="ApiOptions.RequirePreconditions"/> is on, it is answered with 428 unless it
/// carries <c>If-Match</c> or <c>If-None-Match</c> (RFC 6585, section 3).
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConditionalWriteAttribute : Attribute, IFilterFactory, IApiResponseMetadataProvider
{
    Type? IApiResponseMetadataProvider.Type => typeof(ProblemDetails);

    int IApiResponseMetadataProvider.StatusCode => StatusCodes.Status428PreconditionRequired;

    string IApiResponseMetadataProvider.Description =>
        "This server requires `If-Match` or `If-None-Match` (the setting `Api:RequirePreconditions`), and neither was sent.";

    public bool IsReusable => true;

    void IApiResponseMetadataProvider.SetContentTypes(MediaTypeCollection contentTypes) =>
        contentTypes.Add(MediaTypeNames.Application.ProblemJson);

    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) => new Filter(
        serviceProvider.GetRequiredService<IOptions<ApiOptions>>().Value.RequirePreconditions,
        serviceProvider.GetRequiredService<ProblemDetailsFactory>());

    // Before the body is read: without a condition it does not matter.
    private sealed class Filter(bool isRequired, ProblemDetailsFactory problems) : IResourceFilter
    {
        public void OnResourceExecuting(ResourceExecutingContext context)
        {
            var headers = context.HttpContext.Request.Headers;
            if (isRequired && headers.IfMatch.Count == 0 && headers.IfNoneMatch.Count == 0)
            {
                context.Result = new ObjectResult(problems.CreateProblemDetails(
                    context.HttpContext,
                    StatusCodes.Status428PreconditionRequired,
                    "A precondition is required",
                    detail: "Send the ETag of the user that you read in If-Match. If-Match: * writes to any version."));
            }
        }

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }
    }
}

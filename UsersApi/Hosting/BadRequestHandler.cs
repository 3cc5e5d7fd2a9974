using System.Text;
using Microsoft.AspNetCore.Diagnostics;

namespace UsersApi.Hosting;

/// <summary>Answers what was refused while the body was read (413, 408, 400) as the client's error, not as ours.</summary>
internal sealed class BadRequestHandler(IProblemDetailsService problems) : IExceptionHandler
{
    private const string KestrelAssembly = "Microsoft.AspNetCore.Server.Kestrel.Core";
    private const string CodingAssemblies = "System.IO.Compression";

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (StatusOf(exception) is not { } status)
        {
            return false;
        }

        httpContext.Response.StatusCode = status;
        return await problems.TryWriteAsync(new ProblemDetailsContext { HttpContext = httpContext });
    }

    private static int? StatusOf(Exception exception) => exception switch
    {
        BadHttpRequestException refused => refused.StatusCode,

        // Bytes that are no text in the charset that the client named.
        DecoderFallbackException => StatusCodes.Status400BadRequest,

        // The server has no better exception for a chunk's length that is no number.
        IOException { Source: KestrelAssembly } => StatusCodes.Status400BadRequest,

        // Bytes that are not in the content coding that the client named. Only bodies of requests are decoded.
        InvalidDataException or InvalidOperationException
            when exception.Source?.StartsWith(CodingAssemblies, StringComparison.Ordinal) is true => StatusCodes.Status400BadRequest,
        _ => null,
    };
}

using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.RequestDecompression;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace UsersApi.Server;

/// <summary>Reads bodies in the codings that the framework decodes, within the limit of the action, and answers 415 to others.</summary>
internal static class ContentCodings
{
    private const string NoCoding = "identity";

    public static WebApplication UseContentCodings(this WebApplication app)
    {
        var codings = app.Services.GetRequiredService<IOptions<RequestDecompressionOptions>>().Value.DecompressionProviders.Keys;
        var taken = string.Join(", ", codings.Order(StringComparer.Ordinal));
        app.UseRequestDecompression();
        app.Use((context, next) => IsDecoded(context) ? next(context) : RefuseAsync(context, taken));
        return app;
    }

    // The framework takes the header away with the coding, and leaves one that it does not know to the application.
    private static bool IsDecoded(HttpContext context) =>
        context.Request.Headers.ContentEncoding is not { Count: > 0 } coding
            || string.Equals(coding, NoCoding, StringComparison.OrdinalIgnoreCase)
            || context.Features.Get<IHttpRequestBodyDetectionFeature>()?.CanHaveBody is false;

    // RFC 9110, section 12.5.3: so the client sees that the coding is wrong, and not the media type.
    private static Task RefuseAsync(HttpContext context, string taken)
    {
        context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
        context.Response.Headers[HeaderNames.AcceptEncoding] = taken;
        return context.RequestServices.GetRequiredService<IProblemDetailsService>().WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails = { Detail = "The server does not read this Content-Encoding. Accept-Encoding lists those it does." },
        }).AsTask();
    }
}

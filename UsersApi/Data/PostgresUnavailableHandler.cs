using System.Globalization;
using Microsoft.AspNetCore.Diagnostics;
using Npgsql;

namespace UsersApi.Data;

/// <summary>Answers 503 with <c>Retry-After</c>, not 500, where Postgres cannot be reached, takes too long or asks to try again.</summary>
internal sealed class PostgresUnavailableHandler(IProblemDetailsService problems, PostgresTrouble trouble) : IExceptionHandler
{
    private const int RetryAfterSeconds = 5;

    public async ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not NpgsqlException error || !IsPassing(error))
        {
            return false;
        }

        trouble.Failed(error);
        httpContext.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        httpContext.Response.Headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);

        return await problems.TryWriteAsync(new ProblemDetailsContext
        {
            HttpContext = httpContext,
            ProblemDetails = { Title = "The database is not available", Detail = "Try again in a few seconds." },
        });
    }

    // A server that takes no writes is being failed over from, or is out of disk; what took too long may not the next time.
    // A pool such as PgBouncer calls it a violation of the protocol, whatever its server suffers from. Npgsql counts none as transient.
    private static bool IsPassing(NpgsqlException error) => error.IsTransient || error.SqlState
        is PostgresErrorCodes.ReadOnlySqlTransaction or PostgresErrorCodes.QueryCanceled or PostgresErrorCodes.ProtocolViolation;
}

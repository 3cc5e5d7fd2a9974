using System.Text;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Inputs;

/// <summary>
/// Actions that do what the route tells them, letter by letter: read something of the request into the answer, say something of it, and
/// choose what kind of result it is.
/// </summary>
[Route("programs")]
public sealed class ProgramsController : Controller
{
    /// <summary>What a letter may be.</summary>
    public const string Letters = "aeimnpqrstuwxyABCDEFGHIJKLM0123";

    /// <summary>Those that read nothing that the key does not hold.</summary>
    public const string Saying = "mLMABDE0123zz";

    [HttpGet("everyone/{program}/{id:int}"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
    public Task<IActionResult> Everyone(string program, int id, string? a, int n = 1) => RunAsync(program, $"{id};{a};{n}");

    [HttpGet("anonymous/{program}/{id:int}"), RedisCached(Seconds = 60)]
    public Task<IActionResult> Anonymous(string program, int id, [FromQuery(Name = "a")] string[] all) => RunAsync(program, $"{id};{string.Join(',', all)}");

    [HttpGet("user/{program}"), RedisCached(Seconds = 60, Audience = CacheAudience.PerUser)]
    public Task<IActionResult> OfUser(string program, int? n) => RunAsync(program, $"{n}");

    [HttpGet("claims/{program}"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone, VaryByClaims = ["scope"])]
    public Task<IActionResult> OfClaims(string program) => RunAsync(program, string.Join(',', User.FindAll("scope").Select(claim => claim.Value)));

    [HttpGet("raw/{program}"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone)]
    public Task<IActionResult> Raw(string program) => RunAsync(program, "");

    [HttpGet("vary/{program}"), RedisCached(Seconds = 60, Audience = CacheAudience.Everyone, Vary = ["X-A"])]
    public Task<IActionResult> Vary(string program, [FromHeader(Name = "X-B")] string? b) => RunAsync(program, b ?? "none");

    private async Task<IActionResult> RunAsync(string program, string bound)
    {
        var text = new StringBuilder(bound);
        foreach (var letter in program)
        {
            text.Append('|').Append(await ReadAsync(letter));
        }

        return program[^1] switch
        {
            '0' => new JsonResult(text.ToString()),
            '1' => File(Encoding.UTF8.GetBytes(text.ToString()), "text/plain"),
            '2' => StatusCode(418, text.ToString()),
            '3' => Ok(new { Text = text.ToString() }),
            _ => Content(text.ToString()),
        };
    }

    private async Task<object?> ReadAsync(char letter) => letter switch
    {
        'a' => Request.Headers["X-A"],
        'e' => Request.Headers["X-B"],
        'i' => string.Join(';', Request.Headers.Where(header => header.Key != "Host").Select(header => $"{header.Key}={header.Value}").Order(StringComparer.Ordinal)),
        'm' => Request.Method,
        'n' => Request.Query["n"],
        'p' => Request.Path,
        'q' => Request.Query["a"],
        'r' => RouteData.Values["tenant"],
        's' => Request.Scheme,
        't' => Request.Cookies["t"],
        'u' => User.FindFirst("sub")?.Value,
        'w' => User.Identity?.IsAuthenticated,
        'x' => Request.QueryString,
        'y' => Request.GetEncodedPathAndQuery(),
        'A' => Said("Vary", "X-A"),
        'B' => Said("Vary", "X-B, Accept"),
        'C' => Said("Cache-Control", "no-store"),
        'D' => Said("Cache-Control", "max-age=5, stale-while-revalidate=9"),
        'E' => Said("ETag", "\"own\""),
        'F' => Request.Headers.Accept,
        'G' => Request.Headers.Authorization,
        'H' => Request.ContentType,
        'I' => await BodyAsync(),
        'J' => Request.HttpContext.Connection.RemoteIpAddress,
        'K' => Request.Query.Count,
        'L' => Request.RouteValues["program"],
        'M' => Said("X-Said", "yes"),
        _ => "",
    };

    private string Said(string header, string value)
    {
        Response.Headers[header] = value;
        return header;
    }

    private async Task<string> BodyAsync()
    {
        using var reader = new StreamReader(Request.Body, leaveOpen: true);
        return await reader.ReadToEndAsync();
    }
}

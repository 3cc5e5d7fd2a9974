using System.CommandLine;
using Microsoft.AspNetCore.Authorization;
using UsersApi.Caching.Operations;
using UsersApi.Identity;
using UsersApi.Server;

namespace UsersApi.Desk;

/// <summary>
/// The page at <c>/cache</c>. A browser can't send a token by itself: who signs in has it in a cookie, which scripts don't see, other sites
/// can't use, and only this page gets.
/// </summary>
internal static class CacheDeskEndpoints
{
    private const string Path = SecurityHeaders.DeskPath;
    private const string Cookie = "cache-desk";

    private static readonly TimeSpan SignedIn = TimeSpan.FromHours(1);

    public static IServiceCollection AddCacheDesk(this IServiceCollection services) => services.AddSingleton<Command, CacheCommand>();

    /// <summary>Comes before the authentication.</summary>
    public static WebApplication UseCacheDesk(this WebApplication app)
    {
        app.UseWhen(http => http.Request.Path.StartsWithSegments(Path, StringComparison.Ordinal), desk => desk.Use((http, next) =>
        {
            if (http.Request.Cookies[Cookie] is { Length: > 0 } token)
            {
                http.Request.Headers.Authorization = $"Bearer {token}";
            }

            return next(http);
        }));
        return app;
    }

    public static WebApplication MapCacheDesk(this WebApplication app)
    {
        var desk = app.MapGroup(Path).ExcludeFromDescription();
        desk.MapMethods("/desk.css", ["GET", "HEAD"], () => Results.Text(CachePage.Style, "text/css; charset=utf-8"));
        desk.MapMethods("", ["GET", "HEAD"], (Delegate)((HttpContext http) => AnswerAsync(http, _ => Task.FromResult(""))));
        desk.MapPost("/session", (Delegate)SignAsync);
        desk.MapPost("/explain", (HttpContext http, CacheExplainer explainer) => AnswerAsync(http, async form =>
        {
            var header = form["header"].ToString().Split(':', 2, StringSplitOptions.TrimEntries);
            var headers = header.Length == 2 ? new Dictionary<string, string> { [header[0]] = header[1] } : [];
            var target = form["target"].ToString();
            return target.StartsWith('/') && target.All(char.IsAscii)
                ? CachePage.Explanation(await explainer.ExplainAsync(target, headers, runsAction: true, http, http.RequestAborted))
                : CachePage.Text("A target begins with a slash, and is written in ASCII.");
        }));
        desk.MapPost("/show", (HttpContext http, CacheDesk cache) => AnswerAsync(http, async form =>
            CachePage.Stored(await cache.ShowAsync(form["key"].ToString(), form["body"] == "true"))));
        desk.MapPost("/evict", (HttpContext http, CacheDesk cache) => AnswerAsync(http, async form => CachePage.Text(
            await cache.EvictAsync(Given(form, "tag"), Given(form, "path"), Given(form, "key"))
                ? "Evicted, on all nodes."
                : "Redis cannot be reached: this node goes on trying.")));
        desk.MapPost("/switch", (HttpContext http, CacheSwitches switches) => AnswerAsync(http, async form => CachePage.Text(
            await switches.SetAsync(form["enabled"] == "true")
                ? "Switched, on all nodes."
                : "This node is switched; the others are when Redis is back.")));
        return app;
    }

    private static IEnumerable<string> Given(IFormCollection form, string name) =>
        form[name].OfType<string>().Where(value => value.Length > 0 && !value.Any(char.IsControl));

    // A form of another site has no cookie, since it is strict; a browser that knows no such thing tells where it comes from.
    private static bool IsForeign(HttpRequest request) =>
        request.Headers["Sec-Fetch-Site"].ToString() is not ("" or "same-origin" or "none");

    private static async Task<IResult> AnswerAsync(HttpContext http, Func<IFormCollection, Task<string>> act)
    {
        var authorization = http.RequestServices.GetRequiredService<IAuthorizationService>();
        if (!(await authorization.AuthorizeAsync(http.User, null, new ScopeRequirement(Scopes.CacheAdmin))).Succeeded)
        {
            var hasToken = http.Request.Headers.Authorization.Count > 0;
            var error = hasToken ? "The token is not valid, or has not the scope cache:admin." : null;
            return Html(CachePage.SignIn(error), StatusCodes.Status401Unauthorized);
        }

        if (HttpMethods.IsPost(http.Request.Method) && IsForeign(http.Request))
        {
            return Results.Problem(statusCode: StatusCodes.Status403Forbidden, title: "A form of another site");
        }

        var form = HttpMethods.IsPost(http.Request.Method) ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;
        var result = await act(form);
        var (statistics, switches) =
            (http.RequestServices.GetRequiredService<CacheStatistics>(), http.RequestServices.GetRequiredService<CacheSwitches>());
        return Html(CachePage.Desk(statistics, switches.IsOn, result));
    }

    private static async Task<IResult> SignAsync(HttpContext http)
    {
        if (IsForeign(http.Request))
        {
            return Results.Problem(statusCode: StatusCodes.Status403Forbidden, title: "A form of another site");
        }

        var token = (await http.Request.ReadFormAsync(http.RequestAborted))["token"].ToString().Trim();
        http.Response.Cookies.Append(Cookie, token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = Path,
            MaxAge = token.Length > 0 ? SignedIn : TimeSpan.Zero,
        });

        // By GET, so that a reload sends no form again.
        http.Response.Headers.Location = Path;
        return Results.StatusCode(StatusCodes.Status303SeeOther);
    }

    private static IResult Html(string html, int status = StatusCodes.Status200OK) =>
        Results.Content(html, "text/html; charset=utf-8", statusCode: status);
}

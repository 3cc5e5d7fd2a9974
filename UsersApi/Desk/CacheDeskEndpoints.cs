using System.CommandLine;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Authorization;
using StackExchange.Redis;
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
            var request = new ExplanationRequest
            {
                Target = form["target"].ToString(),
                Headers = header.Length == 2 ? new Dictionary<string, string> { [header[0]] = header[1] } : [],
            };
            Check(request);
            return CachePage.Explanation(
                await explainer.ExplainAsync(request.Target, request.Headers, request.RunAction, http, http.RequestAborted));
        }));
        desk.MapPost("/show", (HttpContext http, CacheDesk cache) => AnswerAsync(http, async form =>
            CachePage.Stored(await cache.ShowAsync(form["key"].ToString(), form["body"] == "true"))));
        desk.MapPost("/evict", (HttpContext http, CacheDesk cache) => AnswerAsync(http, async form =>
        {
            var request = new EvictionRequest { Tags = Given(form, "tag"), Paths = Given(form, "path"), Keys = Given(form, "key") };
            Check(request);
            return CachePage.Text(await cache.EvictAsync(request.Tags, request.Paths, request.Keys)
                ? "Evicted, on all nodes."
                : "Redis cannot be reached: this node goes on trying.");
        }));
        desk.MapPost("/switch", (HttpContext http, CacheSwitches switches) => AnswerAsync(http, async form =>
        {
            var isOn = form["enabled"] == "true";
            var isTold = await switches.SetAsync(isOn);
            return CachePage.Text(isOn && !switches.IsOn ? "The configuration says that the cache is off: it stays off."
                : isTold ? "Switched, on all nodes."
                : "This node is switched; the others are when Redis can be reached again and takes it.");
        }));
        return app;
    }

    private static IReadOnlyList<string> Given(IFormCollection form, string name) =>
        [.. form[name].OfType<string>().Where(value => value.Length > 0)];

    private static void Check(object request) =>
        Validator.ValidateObject(request, new ValidationContext(request), validateAllProperties: true);

    /// <summary>
    /// A form of another site has no cookie, since it is strict; but a site is all ports of a host, and in plain HTTP browsers tell no
    /// more than the origin.
    /// </summary>
    private static bool IsForeign(HttpRequest request) => request.Headers["Sec-Fetch-Site"].ToString() switch
    {
        "" => !Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin)
            || !string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase),
        var site => site is not ("same-origin" or "none"),
    };

    private static async Task<IResult> AnswerAsync(HttpContext http, Func<IFormCollection, Task<string>> act)
    {
        var authorization = http.RequestServices.GetRequiredService<IAuthorizationService>();
        if (!(await authorization.AuthorizeAsync(http.User, null, new ScopeRequirement(Scopes.CacheAdmin))).Succeeded)
        {
            var hasToken = http.Request.Headers.Authorization.Count > 0;
            var error = hasToken ? "The token is not valid, or has not the scope cache:admin." : null;
            return Html(http, CachePage.SignIn(error, BaseOf(http)), StatusCodes.Status401Unauthorized);
        }

        if (HttpMethods.IsPost(http.Request.Method))
        {
            return await WithFormAsync(http, async form => Page(http, await ResultAsync(act, form)));
        }

        return Page(http, "");
    }

    private static async Task<string> ResultAsync(Func<IFormCollection, Task<string>> act, IFormCollection form)
    {
        try
        {
            return await act(form);
        }
        catch (Exception mistake) when (mistake is ValidationException or ArgumentException)
        {
            return CachePage.Text(mistake.Message);
        }
        catch (Exception error) when (error is RedisException or TimeoutException)
        {
            return CachePage.Text("Redis cannot be reached.");
        }
    }

    private static IResult Page(HttpContext http, string result) => Html(http, CachePage.Desk(
        http.RequestServices.GetRequiredService<CacheStatistics>(), http.RequestServices.GetRequiredService<CacheSwitches>().IsOn, result,
        BaseOf(http)));

    private static Task<IResult> SignAsync(HttpContext http) => WithFormAsync(http, form =>
    {
        var token = form["token"].ToString().Trim();
        http.Response.Cookies.Append(Cookie, token, new CookieOptions
        {
            HttpOnly = true,
            SameSite = SameSiteMode.Strict,
            Secure = http.Request.IsHttps,
            Path = BaseOf(http),
            MaxAge = token.Length > 0 ? SignedIn : TimeSpan.Zero,
        });

        // By GET, so that a reload sends no form again.
        http.Response.Headers.Location = BaseOf(http);
        return Task.FromResult(Results.StatusCode(StatusCodes.Status303SeeOther));
    });

    private static async Task<IResult> WithFormAsync(HttpContext http, Func<IFormCollection, Task<IResult>> answer)
    {
        if (IsForeign(http.Request))
        {
            return Results.Problem(statusCode: StatusCodes.Status403Forbidden, title: "A form of another site");
        }

        if (!http.Request.HasFormContentType)
        {
            return Results.Problem(statusCode: StatusCodes.Status415UnsupportedMediaType, title: "Not a form");
        }

        IFormCollection form;
        try
        {
            form = await http.Request.ReadFormAsync(http.RequestAborted);
        }
        catch (InvalidDataException mistake)
        {
            return Results.Problem(statusCode: StatusCodes.Status400BadRequest, title: "The form can't be read", detail: mistake.Message);
        }

        return await answer(form);
    }

    // A proxy may serve it below a path of its own.
    private static string BaseOf(HttpContext http) => http.Request.PathBase.Add(Path).Value!;

    private static IResult Html(HttpContext http, string html, int status = StatusCodes.Status200OK)
    {
        // It shows what is stored, and whoever has signed out does not want to see it again.
        http.Response.Headers.CacheControl = "no-store";
        return Results.Content(html, "text/html; charset=utf-8", statusCode: status);
    }
}

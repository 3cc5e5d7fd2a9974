using UsersApi.Tests.Caching.Host;
using static UsersApi.Tests.Caching.Host.Ask;

namespace UsersApi.Tests.Caching.Http;

/// <summary>Headers: the action's are replayed letter for letter, those of middleware are not, and the action's own word rules.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed partial class HeaderTests
{
    private readonly Table _table = new(typeof(HeadersController));

    internal static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        new Row("Headers of the action are replayed letter for letter and in their order",
            Get("/headers/many"), Get("/headers/many").Is("hit; ttl=60").With("X-mIxEd", "one, two").With("Content-Language", "de")),
        new Row("Headers of a result are replayed", Get("/headers/file"),
            Get("/headers/file").Is("hit; ttl=60").With("Content-Disposition", "attachment; filename=a.txt; filename*=UTF-8''a.txt")
                .With("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT").With("ETag", "\"own\"")),
        new Row("A header that the action set while the response started is replayed",
            Get("/headers/starting").With("X-Late", "yes"), Get("/headers/starting").With("X-Late", "yes")),
        new Row("A header that the action set to what middleware had set already is replayed",
            Get("/headers/same", ("X-Ask", "fixed")).With("X-Echo", "fixed"), Get("/headers/same", ("X-Ask", "other")).Is("hit; ttl=60").With("X-Echo", "fixed"))
            { Pipeline = Echo },
        new Row("Headers of middleware are not replayed to another",
            Get("/headers/object", ("X-Ask", "1"), ("Origin", "https://a.example")).With("X-Echo", "1").With("Access-Control-Allow-Origin", "https://a.example"),
            Get("/headers/object", ("X-Ask", "2"), ("Origin", "https://b.example")).Is("hit; ttl=60").With("X-Echo", "2").With("Access-Control-Allow-Origin", "https://b.example"),
            Get("/headers/object").Is("hit; ttl=60").Without("X-Echo").Without("Access-Control-Allow-Origin"))
            { Pipeline = app => { Echo(app); app.UseCors(policy => policy.WithOrigins("https://a.example", "https://b.example")); }, Services = services => services.AddCors() },
        new Row("A cookie of middleware is neither stored nor in the way of storing",
            Get("/headers/object", ("X-Cookie", "a")).Is("fwd=uri-miss; stored").With("Set-Cookie", "mine=a; path=/"),
            Get("/headers/object").Is("hit; ttl=60").Without("Set-Cookie")) { Pipeline = Echo },
        new Row("A cookie of the action is for one client, and nothing is stored",
            Get("/headers/cookie").Is("fwd=uri-miss; detail=set-cookie").With("Set-Cookie", "a=1; path=/"),
            Get("/headers/cookie").Is("fwd=uri-miss; detail=set-cookie").Runs(2)),
        new Row("An action that takes a header of middleware away is not stored",
            Get("/headers/remove", ("X-Ask", "1")).Is("fwd=uri-miss; detail=not-replayable").Without("X-Echo"),
            Get("/headers/remove", ("X-Ask", "1")).Is("fwd=uri-miss; detail=not-replayable").Without("X-Echo").Runs(2)) { Pipeline = Echo },
        new Row("What the action adds to a header of middleware is added again",
            Get("/headers/append", ("X-Ask", "1")).With("X-Echo", "1, action"), Get("/headers/append", ("X-Ask", "2")).Is("hit; ttl=60").With("X-Echo", "2, action"))
            { Pipeline = Echo },
        new Row("Connection headers are not stored", Get("/headers/connection").Is("fwd=uri-miss; stored"), Get("/headers/connection").Is("hit; ttl=60").Without("Keep-Alive"))
            { IsLikePlain = false },
        new Row("The default is to keep and always revalidate",
            Get("/headers/object").With("Cache-Control", "no-cache"), Get("/headers/object").With("Cache-Control", "no-cache")),
        new Row("ClientSeconds become a max-age that ends with the freshness",
            Get("/headers/client").With("Cache-Control", "max-age=40"), Later(10),
            Get("/headers/client").With("Cache-Control", "max-age=50").With("Age", "10"), Later(40),
            Get("/headers/client").With("Cache-Control", "max-age=60").With("Age", "50")),
        Control("no-store", false), Control("private", false), Control("no-cache", false), Control("max-age=0", false), Control("s-maxage=0, max-age=9", false),
        Control("no-cache=\"Set-Cookie\"", false), Control("max-age=abc", false), Control("public, max-age=30", true, 30), Control("max-age=9, s-maxage=20", true, 20),
        Control("max-age=100, must-revalidate", true, 60), Control("public", true, 60),
        new Row("An Expires of the action shortens, and is replayed", Get("/headers/expires?seconds=30").Is("fwd=uri-miss; stored"), Get("/headers/expires?seconds=30").Is("hit; ttl=30").Without("Cache-Control"))
            { IsLikeKillSwitch = true, IsLikePlain = true },
        new Row("An Expires in the past or unreadable forbids storing",
            Get("/headers/invalid").Is("fwd=uri-miss; detail=action-cache-control").With("Expires", "0"),
            Get("/headers/invalid").Is("fwd=uri-miss; detail=action-cache-control").Runs(2)),
        new Row("The framework's ResponseCache attribute is obeyed",
            Get("/headers/framework").Is("fwd=uri-miss; detail=action-cache-control").With("Cache-Control", "no-store"),
            Get("/headers/framework").Is("fwd=uri-miss; detail=action-cache-control").Runs(2)),
        new Row("A Date of the action is replayed", Get("/headers/date").With("Date", "Thu, 01 Jan 2026 00:00:00 GMT"), Get("/headers/date").Is("hit; ttl=60").With("Date", "Thu, 01 Jan 2026 00:00:00 GMT")),
        new Row("A Cache-Status of the action stands before that of the cache",
            Get("/headers/status").Is("Inner; hit | fwd=uri-miss; stored"), Get("/headers/status").Is("Inner; hit | hit; ttl=60")) { IsLikePlain = false },
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    private static Row Control(string control, bool isStored, int ttl = 0)
    {
        var target = "/headers/control?value=" + Uri.EscapeDataString(control);
        return new Row($"Cache-Control {control.Replace('"', '\'')} of the action {(isStored ? "is stored for its time" : "forbids storing")}",
            Get(target).Is(isStored ? "fwd=uri-miss; stored" : "fwd=uri-miss; detail=action-cache-control").With("Cache-Control", control).Runs(1),
            Get(target).Is(isStored ? $"hit; ttl={ttl}" : "fwd=uri-miss; detail=action-cache-control").With("Cache-Control", control).Runs(isStored ? 1 : 2));
    }

    private static void Echo(WebApplication app) => app.Use((context, next) =>
    {
        if (context.Request.Headers["X-Ask"] is { Count: > 0 } ask)
        {
            context.Response.Headers["X-Echo"] = ask;
        }

        if (context.Request.Headers["X-Cookie"].ToString() is { Length: > 0 } cookie)
        {
            context.Response.Cookies.Append("mine", cookie);
        }

        return next(context);
    });
}

using UsersApi.Tests.Caching.Host;
using static UsersApi.Tests.Caching.Host.Ask;

namespace UsersApi.Tests.Caching.Http;

/// <summary>Any action, any result: stored and replayed as MVC wrote it.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.SingleInstance), Parallelizable(ParallelScope.All)]
public sealed partial class ResultTests
{
    private readonly Table _table = new(typeof(ResultsController));

    internal static IEnumerable<TestCaseData> Rows() => Row.Cases(
    [
        Replayed("An object result", "/results/object", "{\"name\":\"Zo\u00EB & <b>\",\"none\":null}"),
        Replayed("A content result", "/results/content", "h\u00E9"),
        Replayed("A file of bytes", "/results/bytes", "0123456789"),
        Replayed("A file of a stream", "/results/stream", "0123456789"),
        Replayed("A JSON result with settings of its own", "/results/json", "{\"Name\":\"x\"}"),
        Replayed("An empty result", "/results/empty", ""),
        Replayed("No result at all", "/results/void", ""),
        Replayed("A status code result", "/results/status", ""),
        Replayed("A result written by hand", "/results/hand", "by hand"),
        Replayed("A body that the action wrote itself", "/results/body", "written"),
        Replayed("A body writer that nobody flushed", "/results/writer", "unflushed"),
        Replayed("A response that the action started", "/results/start", "started"),
        Replayed("A response that the action completed", "/results/complete", "completed"),
        new Row("A body in which action and result both have a part is replayed",
            Get("/results/both").Says("action, result"), Get("/results/both").Is("hit; ttl=60").Says("action, result")) { IsLikePlain = false },
        Replayed("An async enumerable", "/results/enumerable", "[1,2,3]"),
        Replayed("A typed result", "/results/typed", "{\"id\":7}"),
        Replayed("A minimal API result", "/results/minimal", "text"),
        Replayed("A null object", "/results/null", ""),
        new Row("A typed result that finds nothing is not stored",
            Get("/results/typed?id=0").Gives(404).Is("fwd=uri-miss; detail=status"),
            Get("/results/typed?id=0").Gives(404).Is("fwd=uri-miss; detail=status").Runs(2)),
        new Row("A created status is not stored where only 200 is asked for",
            Get("/results/created").Gives(201).Is("fwd=uri-miss; detail=status"),
            Get("/results/created").Gives(201).Is("fwd=uri-miss; detail=status").Runs(2)),
        new Row("A status that the attribute names is stored",
            Get("/results/missing").Gives(404).Is("fwd=uri-miss; stored"),
            Get("/results/missing").Gives(404).Is("hit; ttl=60").Runs(1)),
        new Row("A 204 that the attribute names is stored",
            Get("/results/none").Gives(204).Is("fwd=uri-miss; stored"),
            Get("/results/none").Gives(204).Is("hit; ttl=60").Without("Content-Length").Runs(1)),
        new Row("A redirect is not stored",
            Get("/results/redirect").Gives(302).Is("fwd=uri-miss; detail=status").With("Location", "/elsewhere"),
            Get("/results/redirect").Gives(302).Is("fwd=uri-miss; detail=status").Runs(2)),
        new Row("A partial that the action made itself is not stored",
            Get("/results/partial").Gives(206).Is("fwd=uri-miss; detail=status"),
            Get("/results/partial").Gives(206).Is("fwd=uri-miss; detail=status").Runs(2)),
        new Row("A body shorter than its own Content-Length is not stored",
            Get("/results/short").Is("fwd=uri-miss; detail=not-replayable"),
            Get("/results/short").Is("fwd=uri-miss; detail=not-replayable").Runs(2)) { IsLikePlain = false },
        new Row("A reason phrase of its own is sent every time", Get("/results/reason"), Get("/results/reason"), Get("/results/reason")),
        new Row("Expired entries are computed anew",
            Get("/results/object").Is("fwd=uri-miss; stored"), Later(59),
            Get("/results/object").Is("hit; ttl=1").With("Age", "59").Runs(1), Later(1),
            Get("/results/object").Is("fwd=stale; stored").Without("Age").Runs(2),
            Get("/results/object").Is("hit; ttl=60").With("Age", "0").Runs(2)),
    ]);

    [TestCaseSource(nameof(Rows))]
    public Task Row_holds(Row row) => _table.RunAsync(row);

    [OneTimeTearDown]
    public async Task Stop() => await _table.DisposeAsync();

    private static Row Replayed(string what, string target, string body)
    {
        var status = target is "/results/null" ? 204 : 200;
        var stored = status == 200;
        return new Row(
            $"{what} is {(stored ? "replayed" : "passed on")}",
            Get(target).Gives(status).Is(stored ? "fwd=uri-miss; stored" : "fwd=uri-miss; detail=status").Says(body).Runs(1),
            Get(target).Gives(status).Is(stored ? "hit; ttl=60" : "fwd=uri-miss; detail=status").Says(body).Runs(stored ? 1 : 2),
            Get(target).Gives(status).Says(body));
    }
}

using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Host;

/// <summary>The runs of actions that do nothing before the test says what they answer.</summary>
internal sealed class Runs
{
    /// <summary>When what must come did not come. Nothing waits that long in a test that holds.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    private readonly Channel<Run> _entered = Channel.CreateUnbounded<Run>();
    private string? _answer;
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public static void Register(IServiceCollection services) => services.AddSingleton<Runs>().AddScoped<RunScope>();

    /// <summary>The body of an action.</summary>
    public static async Task<IActionResult> OfAsync(HttpContext http)
    {
        var runs = http.RequestServices.GetRequiredService<Runs>();
        var run = new Run(http);
        http.RequestServices.GetRequiredService<RunScope>().Run = run;
        await using var aborted = http.RequestAborted.Register(run.Abort);
        // What a test left unanswered does not keep its host from stopping.
        await using var stopping = http.RequestServices.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping.Register(run.Leave);
        Interlocked.Increment(ref runs._count);
        await runs._entered.Writer.WriteAsync(run);
        return runs._answer is { } answer ? new ContentResult { Content = answer } : (await run.Answered)(http);
    }

    /// <summary>Runs that begin from now on answer this at once; null, and they wait again.</summary>
    public void AnswerFromNowOn(string? answer) => Volatile.Write(ref _answer, answer);

    /// <summary>The next run that has begun.</summary>
    public Task<Run> NextAsync() => _entered.Reader.ReadAsync().AsTask().WaitAsync(Deadline);

    public async Task<Run[]> NextAsync(int count)
    {
        var runs = new List<Run>();
        while (runs.Count < count)
        {
            runs.Add(await NextAsync());
        }

        return [.. runs];
    }
}

/// <summary>One run of an action, which waits for its answer.</summary>
internal sealed class Run(HttpContext http)
{
    private readonly TaskCompletionSource<Func<HttpContext, IActionResult>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string User { get; } = http.User.FindFirst("sub")?.Value ?? "";

    public string Culture { get; } = CultureInfo.CurrentCulture.Name;

    public string Method { get; } = http.Request.Method;

    public string Target { get; } = $"{http.Request.PathBase}{http.Request.Path} {http.Request.RouteValues["id"]}";

    public Task<Func<HttpContext, IActionResult>> Answered => _answer.Task;

    /// <summary>The client went away.</summary>
    public Task Aborted => _aborted.Task.WaitAsync(Runs.Deadline);

    /// <summary>The request is through, its services are gone.</summary>
    public Task Over => _over.Task.WaitAsync(Runs.Deadline);

    public void Answer(string body, params (string Name, string Value)[] headers) => Answer(http =>
    {
        foreach (var (name, value) in headers)
        {
            http.Response.Headers[name] = value;
        }

        return new ContentResult { Content = body };
    });

    public void Answer(Func<HttpContext, IActionResult> result) => _answer.SetResult(result);

    public void Fail() => _answer.SetException(new InvalidOperationException("On cue."));

    public void Leave() => _answer.TrySetCanceled();

    public void Abort() => _aborted.TrySetResult();

    public void Finish() => _over.TrySetResult();
}

/// <summary>Tells the end of the request's scope.</summary>
internal sealed class RunScope : IDisposable
{
    public Run? Run { get; set; }

    public void Dispose() => Run?.Finish();
}

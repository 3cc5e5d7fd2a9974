using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;

namespace UsersApi.Tests.Chaos;

/// <summary>Asks one question after the other, and compares what comes back to the byte.</summary>
/// <param name="client">To ask through.</param>
/// <param name="timeline">Where the answers are entered.</param>
/// <param name="next">What to ask now.</param>
/// <param name="pause">What comes between an answer and the next question.</param>
internal sealed class Asker(HttpClient client, Timeline timeline, Func<Question> next, Func<Task> pause)
{
    private readonly Dictionary<string, EntityTagHeaderValue> _tags = new(StringComparer.Ordinal);
    private int _goodSinceReset;

    /// <summary>How many answers in a row were right, and from the cache where it should have them, since the last reset.</summary>
    public int GoodInARow => Volatile.Read(ref _goodSinceReset);

    /// <summary>Called at a healing: what was asked before it does not count.</summary>
    public void Reset() => Volatile.Write(ref _goodSinceReset, 0);

    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            var question = next();
            var phase = timeline.Now;
            var answer = await AskAsync(question);
            timeline.Add(phase, answer);
            var isGood = answer.Failure is null && (answer.IsHit || !question.IsHot) && phase == timeline.Now;
            Volatile.Write(ref _goodSinceReset, isGood ? _goodSinceReset + 1 : 0);
            await pause();
        }
    }

    private async Task<Answer> AskAsync(Question question)
    {
        var asked = Stopwatch.GetTimestamp();
        var isHit = false;
        string? failure;
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(question.Path, UriKind.Relative));
            if (question.IsConditional && _tags.TryGetValue(question.Path, out var tag))
            {
                request.Headers.IfNoneMatch.Add(tag);
            }

            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            var body = await response.Content.ReadAsByteArrayAsync();
            isHit = response.Headers.TryGetValues("Cache-Status", out var said) && said.Any(line => line.Contains("; hit", StringComparison.Ordinal));
            if (question.IsHot && response.Headers.ETag is { } current)
            {
                _tags[question.Path] = current;
            }

            failure = Judge(question, response, body);
        }
        catch (OperationCanceledException)
        {
            failure = "no answer";
        }
        catch (HttpRequestException error)
        {
            failure = $"{error.HttpRequestError}";
        }

        return new Answer(asked, Stopwatch.GetElapsedTime(asked), failure, isHit);
    }

    private static string? Judge(Question question, HttpResponseMessage response, ReadOnlySpan<byte> body) => response.StatusCode switch
    {
        HttpStatusCode.OK => body.SequenceEqual(question.Body) ? null : "wrong body",
        HttpStatusCode.NotModified when question.IsConditional && body.IsEmpty => null,
        HttpStatusCode.ServiceUnavailable when !IsProper(response) => "503 without a proper problem",
        var status => $"{(int)status}",
    };

    private static bool IsProper(HttpResponseMessage response) =>
        response.Headers.RetryAfter is RetryConditionHeaderValue { Delta: { Ticks: > 0 } }
        && response.Content.Headers.ContentType?.MediaType == "application/problem+json";
}

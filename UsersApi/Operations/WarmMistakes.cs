using Cronos;
using Microsoft.Extensions.Options;
using UsersApi.Caching.Policies;

namespace UsersApi.Caching.Operations;

/// <summary>What is wrong with the requests to be made, each with its remedy.</summary>
internal sealed class WarmMistakes(IOptions<RedisCachedOptions> cache, TimeProvider time) : IValidateOptions<WarmOptions>
{
    public ValidateOptionsResult Validate(string? name, WarmOptions options)
    {
        var mistakes = options.Requests.SelectMany((request, index) => In(request).Select(mistake => $"Requests:{index}:{mistake}"))
            .Concat(InOrigin(options)).Select(mistake => $"{WarmOptions.Section}:{mistake}").ToList();
        return mistakes.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(mistakes);
    }

    /// <summary>When a request is to be made; null where the text is no cron expression.</summary>
    public static CronExpression? ScheduleOf(string text)
    {
        var hasSeconds = text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length == 6;
        var format = hasSeconds ? CronFormat.IncludeSeconds : CronFormat.Standard;
        return CronExpression.TryParse(text, format, out var schedule) ? schedule : null;
    }

    private IEnumerable<string> In(WarmRequest request)
    {
        if (!request.Target.StartsWith('/') || request.Target.StartsWith("//", StringComparison.Ordinal)
            || request.Target.Any(symbol => symbol is <= ' ' or >= '\x7f' or '#'))
        {
            yield return $"Target is \"{request.Target}\": write path and query as a client sends them, as in /users?limit=20.";
        }

        if (request.Schedule is { } text && ScheduleOf(text)?.GetNextOccurrence(time.GetUtcNow(), TimeZoneInfo.Utc) is null)
        {
            yield return $"Schedule is \"{text}\", which never comes: write a cron expression, as in */5 * * * * for every five minutes.";
        }
    }

    private IEnumerable<string> InOrigin(WarmOptions options)
    {
        if (options.Origin is { } origin
            && !(origin.IsAbsoluteUri && origin.Scheme is "http" or "https" && origin is { PathAndQuery: "/", Fragment: "", UserInfo: "" }))
        {
            yield return $"Origin is \"{origin}\": write a scheme and a host, as in https://api.example.com.";
        }

        if (options is { Origin: null, Requests.Count: > 0 } && cache.Value.KeyByHost)
        {
            yield return "Origin is not set, and responses are stored by host: write the one that clients use, as in "
                + "https://api.example.com, or set RedisCached:KeyByHost to false.";
        }
    }
}

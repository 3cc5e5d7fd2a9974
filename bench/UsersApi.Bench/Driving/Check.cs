using System.Net;
using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Driving;

/// <summary>Looks at what a subject answers before it is timed: a fast wrong answer is none.</summary>
internal static class Check
{
    private const int Attempts = 40;

    public static async Task<byte[]> BodyAsync(SubjectProcess subject, Scenario scenario)
    {
        var (body, _) = await GetAsync(subject, scenario);
        return body;
    }

    /// <exception cref="InvalidOperationException">The answer is not the one that the others give, or does not come from a cache.</exception>
    public static async Task AnswerAsync(SubjectProcess subject, Scenario scenario, ReadOnlyMemory<byte> expected)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var before = await subject.UsageAsync();
            var (body, status) = await GetAsync(subject, scenario);
            if (!expected.Span.SequenceEqual(body))
                throw new InvalidOperationException($"{subject.Name} answers {body.Length} bytes that are not the same as no-cache's.");

            var isHit = (await subject.UsageAsync()).Queries == before.Queries
                && (!subject.Name.StartsWith(SubjectNames.RedisCached, StringComparison.Ordinal) || status.Contains("; hit", StringComparison.Ordinal));
            if (isHit || !scenario.IsHit || subject.Name == SubjectNames.NoCache)
                return;

            // What the first answer stored may arrive a moment after it.
            await Task.Delay(50);
        }

        throw new InvalidOperationException($"{subject.Name} does not answer from its cache.");
    }

    private static async Task<(byte[] Body, string CacheStatus)> GetAsync(SubjectProcess subject, Scenario scenario)
    {
        using var handler = new SocketsHttpHandler
        {
            AutomaticDecompression = scenario.IsCompressed ? DecompressionMethods.GZip : DecompressionMethods.None,
        };
        using var client = new HttpClient(handler);
        using var response = await client.GetAsync(new Uri(subject.Address, scenario.Path));
        if (response.StatusCode != HttpStatusCode.OK)
            throw new InvalidOperationException($"{subject.Name} answers {(int)response.StatusCode}.");

        var status = response.Headers.TryGetValues("Cache-Status", out var values) ? string.Join(", ", values) : "";
        return (await response.Content.ReadAsByteArrayAsync(), status);
    }
}

using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Driving;

/// <summary>The subjects of one scenario, all running, each of them checked.</summary>
internal sealed class SubjectGroup(Scenario scenario, string bodyFile) : IAsyncDisposable
{
    private readonly List<SubjectProcess> _running = [];

    public IReadOnlyList<SubjectProcess> Running => _running;

    public static async Task<SubjectGroup> StartAsync(Scenario scenario, IReadOnlyCollection<string> names)
    {
        var group = new SubjectGroup(scenario, Path.GetTempFileName());
        try
        {
            await group.StartAsync(names);
            return group;
        }
        catch
        {
            await group.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks each subject that caches once for each key.</summary>
    public async Task PrimeAsync(bool isQuick)
    {
        if (scenario.Keys == 1)
            return;

        foreach (var subject in _running.Where(subject => subject.Name is not (SubjectNames.ConstMvc or SubjectNames.Plaintext)))
        {
            var keys = Enumerable.Range(1, isQuick ? scenario.Keys / 20 : scenario.Keys);
            await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (key, token) =>
                await subject.Client.GetByteArrayAsync(new Uri(subject.Address, Cursors.Url(scenario.Limit, key)), token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var subject in _running)
            await subject.DisposeAsync();

        File.Delete(bodyFile);
    }

    private async Task StartAsync(IReadOnlyCollection<string> names)
    {
        // Its body is what all others have to answer, and what those that compute nothing are given.
        var settings = new SubjectSettings(bodyFile, scenario.IsCompressed);
        var uncached = await SubjectProcess.StartAsync(SubjectNames.NoCache, settings);
        _running.Add(uncached);
        var body = await Check.BodyAsync(uncached, scenario);
        await File.WriteAllBytesAsync(bodyFile, body);
        foreach (var name in names.Where(name => name != SubjectNames.NoCache))
        {
            var subject = await SubjectProcess.StartAsync(name, settings);
            _running.Add(subject);
            await Check.AnswerAsync(subject, scenario, body);
        }

        if (!names.Contains(SubjectNames.NoCache))
        {
            _running.Remove(uncached);
            await uncached.DisposeAsync();
        }
    }
}

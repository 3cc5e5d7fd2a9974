using UsersApi.Bench.Subjects;

namespace UsersApi.Bench.Driving;

/// <summary>The subjects of one scenario, all running, each of them checked.</summary>
internal sealed class SubjectGroup(Scenario scenario, string bodyFile) : IAsyncDisposable
{
    private readonly List<SubjectProcess> _running = [];
    private byte[] _body = [];

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

    /// <summary>Looks at what each of them answers.</summary>
    /// <exception cref="InvalidOperationException">It is not the same.</exception>
    public async Task CheckAsync()
    {
        foreach (var subject in _running)
            await Check.AnswerAsync(subject, scenario, _body);
    }

    /// <summary>Asks each subject that caches once for each key.</summary>
    public async Task PrimeAsync()
    {
        if (scenario.Keys == 1)
            return;

        foreach (var subject in _running.Where(subject => subject.Name is not (SubjectNames.ConstMvc or SubjectNames.Plaintext)))
        {
            await Parallel.ForEachAsync(Enumerable.Range(1, scenario.Keys), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (key, token) =>
                await subject.Client.GetByteArrayAsync(new Uri(subject.Address, Cursors.Url(scenario.Limit, key)), token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_running.Select(subject => subject.DisposeAsync().AsTask()));
        File.Delete(bodyFile);
    }

    private async Task StartAsync(IReadOnlyCollection<string> names)
    {
        // Its body is what all others have to answer, and what those that compute nothing are given.
        var settings = new SubjectSettings(bodyFile, scenario.IsCompressed);
        var uncached = await SubjectProcess.StartAsync(SubjectNames.NoCache, settings);
        _running.Add(uncached);
        _body = await Check.BodyAsync(uncached, scenario);
        await File.WriteAllBytesAsync(bodyFile, _body);
        var starts = names.Where(name => name != SubjectNames.NoCache).Select(name => SubjectProcess.StartAsync(name, settings)).ToList();
        // Those that start are stopped again where another does not.
        await ((Task)Task.WhenAll(starts)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var start in starts.OrderBy(start => start.IsFaulted))
            _running.Add(await start);

        if (!names.Contains(SubjectNames.NoCache))
        {
            _running.Remove(uncached);
            await uncached.DisposeAsync();
        }
    }
}

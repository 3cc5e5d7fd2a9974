namespace UsersApi.Caching;

/// <summary>
/// Lets concurrent reads share one command, as a group commit does. A read joins only a command that was not sent yet: the
/// reply to one under way may have been made before a write that was acknowledged before this reader came.
/// </summary>
/// <param name="read">Reads all of these keys at once; null where it fails, never an exception.</param>
internal sealed class SharedRead<TResult>(Func<IReadOnlyList<string>, Task<TResult?>> read)
    where TResult : class
{
    private readonly Lock _gate = new();
    private Batch? _waiting;
    private bool _isReading;

    /// <summary>What holds for these keys, and maybe for others, as of now; null where it could not be read.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="behind">Runs when the command has been sent: what it sends goes along; never where none was sent.</param>
    public Task<TResult?> ReadAsync(IReadOnlyList<string> keys, Action? behind = null)
    {
        Batch batch;
        lock (_gate)
        {
            batch = _waiting ??= new Batch();
            if (!ReferenceEquals(batch.Last, keys))
                batch.Keys.UnionWith(batch.Last = keys);

            if (behind is not null)
                (batch.Behind ??= []).Add(behind);

            if (_isReading)
                return batch.Result.Task;

            (_isReading, _waiting) = (true, null);
        }

        _ = RunAsync(batch);
        return batch.Result.Task;
    }

    private async Task RunAsync(Batch? batch)
    {
        while (batch is not null)
        {
            var reading = read([.. batch.Keys]);
            // They share the packets, and so the waking up, of a command that was sent.
            if (!reading.IsCompleted)
                batch.Behind?.ForEach(static start => start());

            var result = await reading;
            // Those who waited go on first, from this thread's own line; then whoever is in the common one comes along with the next command.
            batch.Result.SetResult(result);
            await ThreadPoolLine.PassAsync();
            batch = Next(isGoingOn: result is not null);
        }
    }

    private Batch? Next(bool isGoingOn)
    {
        lock (_gate)
        {
            var next = _waiting;
            _waiting = null;
            _isReading = next is not null && isGoingOn;
            if (_isReading)
                return next;

            // Who waited for a read that failed is not made to wait for another deadline.
            next?.Result.SetResult(null);
            return null;
        }
    }

    private sealed class Batch
    {
        public IReadOnlyList<string>? Last { get; set; }

        public List<Action>? Behind { get; set; }

        public HashSet<string> Keys { get; } = new(StringComparer.Ordinal);

        // One for each command, never used again: a slot that was could hand out an old reply.
        public TaskCompletionSource<TResult?> Result { get; } = new();
    }
}

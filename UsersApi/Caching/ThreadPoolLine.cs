namespace UsersApi.Caching;

/// <summary>The line in which this process's work waits for a thread.</summary>
internal static class ThreadPoolLine
{
    /// <summary>Goes on behind all that waits already: at once on an idle machine.</summary>
    public static Task PassAsync() =>
        Task.Factory.StartNew(static () => { }, CancellationToken.None, TaskCreationOptions.PreferFairness, TaskScheduler.Default);
}

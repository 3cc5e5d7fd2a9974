namespace UsersApi.Caching.Pipeline;

/// <summary>
/// The response of a revalidation, which nobody receives. It completes as a server's does: what the action registered for its
/// end, such as things to dispose of, is done.
/// </summary>
internal sealed class UnsentResponse : HttpResponseFeature
{
    private readonly Stack<(Func<object, Task> Callback, object State)> _completions = new();

    public override void OnCompleted(Func<object, Task> callback, object state) => _completions.Push((callback, state));

    public async Task CompleteAsync()
    {
        while (_completions.TryPop(out var completion))
            await CompleteAsync(completion).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // One that throws before its first wait must not keep the others from being done.
    private static async Task CompleteAsync((Func<object, Task> Callback, object State) completion) =>
        await completion.Callback(completion.State);
}

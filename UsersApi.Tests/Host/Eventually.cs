namespace UsersApi.Tests.Host;

/// <summary>Looks again and again until something holds, and fails at a deadline that nothing healthy comes near.</summary>
internal static class Eventually
{
    public static readonly TimeSpan Deadline = TimeSpan.FromMinutes(1);

    public static async Task HoldsAsync(Func<Task<bool>> condition, string what, TimeSpan? limit = null)
    {
        var patience = limit ?? Deadline;
        using var deadline = new CancellationTokenSource(patience);
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!await condition())
        {
            if (deadline.IsCancellationRequested)
            {
                // An assertion would only be noted in a multiple scope, and this would go on for ever.
                throw new AssertionException($"It did not happen within {patience.TotalSeconds} s: {what}");
            }

            await looks.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}

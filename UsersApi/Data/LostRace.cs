using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Tries a write again that Postgres ended in favour of another transaction: as the victim of a deadlock, or since the two cannot
/// be put in an order. Neither has written anything.
/// </summary>
internal static class LostRace
{
    private const int Attempts = 4;

    /// <param name="write">One attempt, which is a transaction of its own.</param>
    /// <param name="lost">The result where every attempt lost.</param>
    public static async Task<T> TryAgainAsync<T>(Func<Task<T>> write, T lost)
    {
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                return await write();
            }
            catch (PostgresException error)
                when (error.SqlState is PostgresErrorCodes.DeadlockDetected or PostgresErrorCodes.SerializationFailure)
            {
                // The winner is on its way: the next attempt waits for it, where it does not find what it left.
            }
        }

        return lost;
    }
}

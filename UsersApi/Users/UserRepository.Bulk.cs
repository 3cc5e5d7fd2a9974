using Dapper;
using Npgsql;
using UsersApi.Data;

namespace UsersApi.Users;

/// <summary>Writes many users at once: all or none.</summary>
public sealed partial class UserRepository
{
    /// <summary>Copies users into the table in one statement.</summary>
    public Task<BulkWriteResult> InsertAllAsync(IReadOnlyList<UserResponse> users, RequestWrite write, CancellationToken cancellationToken)
    {
        // In the order of the index: two requests that share addresses then wait for each other at the first that they share,
        // where in orders of their own each could hold what the other waits for.
        var sorted = users.OrderBy(user => user.Email.ToLowerInvariant(), StringComparer.Ordinal).ToList();
        return LostRace.TryAgainAsync(
            () => InsertAllOnceAsync(users, sorted, write, cancellationToken), new BulkWriteResult(UserWriteOutcome.LostRace));
    }

    private async Task<BulkWriteResult> InsertAllOnceAsync(
        IReadOnlyList<UserResponse> users, IReadOnlyList<UserResponse> sorted, RequestWrite write, CancellationToken cancellationToken)
    {
        try
        {
            var ids = await transactions.RunAsync<Guid[]>(
                write,
                async connection =>
                {
                    await CopyAsync(connection, sorted, cancellationToken);
                    return [.. users.Select(user => user.Id)];
                },
                cancellationToken);
            return new BulkWriteResult(UserWriteOutcome.Done, Ids: ids);
        }
        catch (RepeatedRequestException repeated)
        {
            return new BulkWriteResult(OutcomeOf(repeated));
        }
        catch (PostgresException error) when (IsEmailTaken(error))
        {
            return new BulkWriteResult(UserWriteOutcome.EmailTaken, await FindTakenAsync(users, cancellationToken));
        }
    }

    private static async Task CopyAsync(NpgsqlConnection connection, IReadOnlyList<UserResponse> users, CancellationToken cancellationToken)
    {
        await using var copy = await UserCopy.BeginAsync(connection, cancellationToken);
        foreach (var user in users)
        {
            copy.Append(user);
            await copy.FlushIfFullAsync(cancellationToken);
        }

        await copy.CompleteAsync(cancellationToken);
    }

    // Postgres stops at the first; a client that mends its list wants them all.
    private async Task<IReadOnlyList<int>> FindTakenAsync(IReadOnlyList<UserResponse> users, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT (position - 1)::int
            FROM unnest(@Emails) WITH ORDINALITY AS given (email, position)
            WHERE EXISTS (SELECT FROM users WHERE lower(users.email COLLATE "C") = lower(given.email COLLATE "C"))
            ORDER BY position
            """;
        await using var connection = await primary.OpenConnectionAsync(cancellationToken);
        var parameters = new { Emails = users.Select(user => user.Email).ToArray() };
        var taken = await connection.QueryAsync<int>(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
        return taken.AsList();
    }
}

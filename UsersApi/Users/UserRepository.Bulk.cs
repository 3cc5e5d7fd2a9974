using Dapper;
using Npgsql;

namespace UsersApi.Users;

/// <summary>Writes many users at once: all or none.</summary>
public sealed partial class UserRepository
{
    /// <summary>Copies users into the table in one statement.</summary>
    /// <returns>Null where all were written; where none was, the positions (from 0) of those whose address is taken.</returns>
    public async Task<IReadOnlyList<int>?> InsertAllAsync(IReadOnlyList<UserResponse> users, CancellationToken cancellationToken)
    {
        await using var connection = await dataSource.OpenConnectionAsync(cancellationToken);
        try
        {
            await using var copy = await UserCopy.BeginAsync(connection, cancellationToken);
            foreach (var user in users)
            {
                copy.Append(user);
                await copy.FlushIfFullAsync(cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
            return null;
        }
        catch (PostgresException error) when (IsEmailTaken(error))
        {
            return await FindTakenAsync(connection, users, cancellationToken);
        }
    }

    // Postgres stops at the first; a client that mends its list wants them all.
    private static async Task<IReadOnlyList<int>> FindTakenAsync(
        NpgsqlConnection connection, IReadOnlyList<UserResponse> users, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT (position - 1)::int
            FROM unnest(@Emails) WITH ORDINALITY AS given (email, position)
            WHERE EXISTS (SELECT FROM users WHERE lower(users.email COLLATE "C") = lower(given.email COLLATE "C"))
            ORDER BY position
            """;
        var parameters = new { Emails = users.Select(user => user.Email).ToArray() };
        var taken = await connection.QueryAsync<int>(new CommandDefinition(Sql, parameters, cancellationToken: cancellationToken));
        return taken.AsList();
    }
}

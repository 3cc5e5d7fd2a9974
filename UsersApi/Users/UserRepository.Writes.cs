using Npgsql;
using UsersApi.Data;

namespace UsersApi.Users;

/// <summary>Writes users, one at a time; conditions are part of the statements, so that no race can slip between.</summary>
public sealed partial class UserRepository
{
    private const string EmailIndex = "users_email_key";
    private static readonly UserWriteResult Lost = new(UserWriteOutcome.LostRace);

    private const string ConditionsHold = """
        (@Allowed::bigint[] IS NULL OR version = ANY(@Allowed::bigint[]))
        AND (@Refused::bigint[] IS NULL OR version <> ALL(@Refused::bigint[]))
        """;

    public Task<UserWriteResult> InsertAsync(UserResponse user, RequestWrite write, CancellationToken cancellationToken) =>
        LostRace.TryAgainAsync(() => InsertOnceAsync(user, write, cancellationToken), Lost);

    /// <summary>Updates a user, even where nothing changes: the table's trigger raises the version with each accepted update.</summary>
    /// <param name="id">The user.</param>
    /// <param name="change">What to set.</param>
    /// <param name="conditions">Which versions may be overwritten.</param>
    /// <param name="write">Learns whether it may have been committed.</param>
    /// <param name="now">The time of the update.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public Task<UserWriteResult> UpdateAsync(
        Guid id,
        UserChange change,
        WriteConditions conditions,
        RequestWrite write,
        DateTimeOffset now,
        CancellationToken cancellationToken) =>
        LostRace.TryAgainAsync(() => UpdateOnceAsync(id, change, conditions, write, now, cancellationToken), Lost);

    public Task<UserWriteResult> DeleteAsync(
        Guid id, WriteConditions conditions, RequestWrite write, CancellationToken cancellationToken) =>
        LostRace.TryAgainAsync(() => DeleteOnceAsync(id, conditions, write, cancellationToken), Lost);

    private async Task<UserWriteResult> InsertOnceAsync(UserResponse user, RequestWrite write, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            INSERT INTO users (id, email, full_name, is_active, is_superuser, created_at, updated_at, version)
            VALUES (@Id, @Email, @FullName, @IsActive, @IsSuperuser, @CreatedAt, @UpdatedAt, @Version)
            ON CONFLICT (lower(email COLLATE "C")) DO NOTHING
            RETURNING {Columns}
            """;
        try
        {
            return await WriteAsync(Sql, user, write, cancellationToken) is { } inserted
                ? new UserWriteResult(UserWriteOutcome.Done, inserted)
                : new UserWriteResult(UserWriteOutcome.EmailTaken);
        }
        catch (RepeatedRequestException repeated)
        {
            return new UserWriteResult(OutcomeOf(repeated));
        }
    }

    private async Task<UserWriteResult> UpdateOnceAsync(
        Guid id,
        UserChange change,
        WriteConditions conditions,
        RequestWrite write,
        DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        const string Sql = $"""
            UPDATE users
            SET email = coalesce(@Email, email),
                full_name = CASE WHEN @SetFullName THEN @FullName ELSE full_name END,
                is_active = coalesce(@IsActive, is_active),
                is_superuser = coalesce(@IsSuperuser, is_superuser),
                updated_at = @Now
            WHERE id = @Id AND {ConditionsHold} AND (@MayChangeSuperuser OR is_superuser = coalesce(@IsSuperuser, is_superuser))
            RETURNING {Columns}
            """;
        var parameters = new
        {
            change.Email,
            change.SetFullName,
            change.FullName,
            change.IsActive,
            change.IsSuperuser,
            change.MayChangeSuperuser,
            Id = id,
            conditions.Allowed,
            conditions.Refused,
            Now = now,
        };
        try
        {
            return await WriteAsync(Sql, parameters, write, cancellationToken) is { } updated
                ? new UserWriteResult(UserWriteOutcome.Done, updated)
                : await WhyNotAsync(id, change, cancellationToken);
        }
        catch (PostgresException error) when (IsEmailTaken(error))
        {
            return new UserWriteResult(UserWriteOutcome.EmailTaken);
        }
    }

    private async Task<UserWriteResult> DeleteOnceAsync(
        Guid id, WriteConditions conditions, RequestWrite write, CancellationToken cancellationToken)
    {
        const string Sql = $"""
            DELETE FROM users WHERE id = @Id AND {ConditionsHold} RETURNING {Columns}
            """;
        var parameters = new { Id = id, conditions.Allowed, conditions.Refused };
        return await WriteAsync(Sql, parameters, write, cancellationToken) is not null
            ? new UserWriteResult(UserWriteOutcome.Done)
            : await WhyNotAsync(id, null, cancellationToken);
    }

    private Task<UserResponse?> WriteAsync(string sql, object parameters, RequestWrite write, CancellationToken cancellationToken) =>
        transactions.RunAsync(
            write,
            connection => QueryAsync(connection, sql, parameters, cancellationToken).SingleOrDefaultAsync(cancellationToken).AsTask(),
            cancellationToken);

    private static UserWriteOutcome OutcomeOf(RepeatedRequestException repeated) =>
        repeated.IsRunning ? UserWriteOutcome.StillRunning : UserWriteOutcome.OtherRequest;

    private static bool IsEmailTaken(PostgresException error) =>
        error.SqlState == PostgresErrorCodes.UniqueViolation && error.ConstraintName == EmailIndex;

    // Only words the refusal: whatever happens between the two statements, nothing was written.
    private async Task<UserWriteResult> WhyNotAsync(Guid id, UserChange? change, CancellationToken cancellationToken)
    {
        await using var connection = await primary.OpenConnectionAsync(cancellationToken);
        return new(await QueryAsync(connection, ById, new { Id = id }, cancellationToken).SingleOrDefaultAsync(cancellationToken) switch
        {
            null => UserWriteOutcome.NotFound,
            var user when change is { MayChangeSuperuser: false, IsSuperuser: { } wanted } && wanted != user.IsSuperuser =>
                UserWriteOutcome.SuperuserRefused,
            _ => UserWriteOutcome.VersionMismatch,
        });
    }
}

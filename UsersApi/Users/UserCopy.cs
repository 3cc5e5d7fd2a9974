using Npgsql;
using NpgsqlTypes;

namespace UsersApi.Users;

/// <summary>Binary COPY into the table of users. Disposed of before it is complete, it has written nothing.</summary>
internal sealed class UserCopy : IAsyncDisposable
{
    private const string Sql = """
        COPY users (id, created_at, updated_at, version, is_active, is_superuser, email, full_name) FROM STDIN (FORMAT BINARY)
        """;

    private readonly NpgsqlBinaryImporter _importer;

    private UserCopy(NpgsqlBinaryImporter importer) => _importer = importer;

    public static async Task<UserCopy> BeginAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        new(await connection.BeginBinaryImportAsync(Sql, cancellationToken));

    public async ValueTask WriteAsync(UserResponse user, CancellationToken cancellationToken)
    {
        await _importer.StartRowAsync(cancellationToken);
        await _importer.WriteAsync(user.Id, NpgsqlDbType.Uuid, cancellationToken);
        await _importer.WriteAsync(user.CreatedAt, NpgsqlDbType.TimestampTz, cancellationToken);
        await _importer.WriteAsync(user.UpdatedAt, NpgsqlDbType.TimestampTz, cancellationToken);
        await _importer.WriteAsync(user.Version, NpgsqlDbType.Bigint, cancellationToken);
        await _importer.WriteAsync(user.IsActive, NpgsqlDbType.Boolean, cancellationToken);
        await _importer.WriteAsync(user.IsSuperuser, NpgsqlDbType.Boolean, cancellationToken);
        await _importer.WriteAsync(user.Email, NpgsqlDbType.Text, cancellationToken);
        if (user.FullName is null)
        {
            await _importer.WriteNullAsync(cancellationToken);
        }
        else
        {
            await _importer.WriteAsync(user.FullName, NpgsqlDbType.Text, cancellationToken);
        }
    }

    /// <exception cref="PostgresException">A unique index refuses a row.</exception>
    public async ValueTask CompleteAsync(CancellationToken cancellationToken) => await _importer.CompleteAsync(cancellationToken);

    public ValueTask DisposeAsync() => _importer.DisposeAsync();
}

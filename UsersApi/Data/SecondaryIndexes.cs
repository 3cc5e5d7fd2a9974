using Dapper;
using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Takes a table's indexes away for a large load and builds them again: sorting once is several times faster than
/// a search for each row. The table is locked until the transaction ends, and a rollback brings the indexes back.
/// </summary>
internal static class SecondaryIndexes
{
    /// <summary>Locks the table and drops its indexes, but for those of constraints.</summary>
    /// <returns>The statements that build them again.</returns>
    public static async Task<IReadOnlyList<string>> DropAsync(
        NpgsqlConnection connection, string table, CancellationToken cancellationToken)
    {
        const string Sql = """
            SELECT indexrelid::regclass::text AS "Name", pg_get_indexdef(indexrelid) AS "Definition"
            FROM pg_index
            WHERE indrelid = @Table::regclass AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
            """;
        await ExecuteAsync(connection, $"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE", cancellationToken);
        var command = new CommandDefinition(Sql, new { Table = table }, cancellationToken: cancellationToken);
        var indexes = (await connection.QueryAsync<(string Name, string Definition)>(command)).AsList();
        foreach (var (name, _) in indexes)
        {
            await ExecuteAsync(connection, $"DROP INDEX {name}", cancellationToken);
        }

        return indexes.ConvertAll(index => index.Definition);
    }

    public static async Task BuildAsync(NpgsqlConnection connection, IReadOnlyList<string> definitions, CancellationToken cancellationToken)
    {
        // Enough to sort some millions of keys without temporary files.
        await ExecuteAsync(connection, "SET LOCAL maintenance_work_mem = '256MB'", cancellationToken);
        foreach (var definition in definitions)
        {
            await ExecuteAsync(connection, definition, cancellationToken);
        }
    }

    private static Task<int> ExecuteAsync(NpgsqlConnection connection, string sql, CancellationToken cancellationToken) =>
        connection.ExecuteAsync(new CommandDefinition(sql, commandTimeout: 0, cancellationToken: cancellationToken));
}

using Npgsql;

namespace UsersApi.Data;

/// <summary>No server of the connection string is known to be the primary: to be tried again, as when none can be reached.</summary>
internal sealed class NoPrimaryException(string message) : NpgsqlException(message)
{
    public override bool IsTransient => true;
}

using System.Data.Common;

namespace UsersApi.Data;

/// <summary>The migrations on disk and those that ran do not fit; the message says what to do.</summary>
internal sealed class MigrationException(string message) : DbException(message);

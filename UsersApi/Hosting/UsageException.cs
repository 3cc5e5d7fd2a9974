namespace UsersApi.Hosting;

/// <summary>A command line that cannot be understood; the message says what is wrong with it.</summary>
internal sealed class UsageException(string message) : Exception(message);

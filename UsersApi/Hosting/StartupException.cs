namespace UsersApi.Hosting;

/// <summary>A reason not to start, or not to go on with a command, that its message explains: no stack trace is needed.</summary>
internal class StartupException(string message) : Exception(message);

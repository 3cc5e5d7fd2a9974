using Microsoft.Extensions.Logging.Abstractions;

namespace UsersApi.Tests.Caching.Trouble;

/// <summary>A log that can't be written, for these categories.</summary>
internal sealed class ThrowingLogs(string categories) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) =>
        categoryName.StartsWith(categories, StringComparison.Ordinal) ? this : NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        throw new InvalidOperationException("The disk is full.");

    public void Dispose()
    {
    }
}

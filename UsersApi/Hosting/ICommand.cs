namespace UsersApi.Hosting;

/// <summary>Something that the program does instead of serving: <c>UsersApi name arguments</c>.</summary>
internal interface ICommand
{
    /// <summary>The first word of the command line.</summary>
    string Name { get; }

    /// <summary>One line: the command, its arguments and what it does.</summary>
    string Usage { get; }

    /// <exception cref="UsageException">The arguments cannot be understood.</exception>
    Task RunAsync(IReadOnlyList<string> arguments, CancellationToken cancellationToken);
}

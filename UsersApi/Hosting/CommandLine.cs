using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace UsersApi.Hosting;

/// <summary>Serves, or runs the command that the first argument names. Exit codes: 0 done, 1 failed, 2 not understood.</summary>
internal static class CommandLine
{
    private const int Failed = 1;
    private const int NotUnderstood = 2;

    /// <summary>Whether the arguments ask for a command: settings, which begin with a dash, belong to the server.</summary>
    public static bool HasCommand(string[] args) => args is [var first, ..] && (!first.StartsWith('-') || first is "--help" or "-h");

    public static async Task<int> RunCommandOrServeAsync(this WebApplication app, string[] args)
    {
        if (!HasCommand(args))
        {
            return await ServeAsync(app);
        }

        await using (app)
        {
            return await RunCommandAsync(app, args);
        }
    }

    private static async Task<int> ServeAsync(WebApplication app)
    {
        try
        {
            // The host would do so too, after what hosted services need of it, and log the first mistake with its stack trace.
            app.Services.GetRequiredService<IStartupValidator>().Validate();
            await app.RunAsync();
            return 0;
        }
        catch (Exception error) when (ReasonsNotToStart(error) is [_, ..] reasons)
        {
            // The messages are made for the person who starts this; a stack trace would hide them.
            await Console.Error.WriteLineAsync(string.Join('\n', reasons));
            return Failed;
        }
    }

    // Each class of options that is not valid is an exception of its own.
    private static string[] ReasonsNotToStart(Exception error) => error switch
    {
        StartupException or OptionsValidationException => [error.Message],
        AggregateException { InnerExceptions: var all } when all.All(one => one is StartupException or OptionsValidationException) =>
            [.. all.Select(one => one.Message).Distinct()],
        _ => [],
    };

    private static async Task<int> RunCommandAsync(WebApplication app, string[] args)
    {
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var commands = app.Services.GetServices<ICommand>().ToList();
            return commands.Find(candidate => candidate.Name == args[0]) is { } command
                ? await RunCommandAsync(command, args[1..], stop.Token)
                : await ExplainAsync(args[0], commands);
        }
        catch (Exception error) when (error is StartupException or OptionsValidationException or DbException)
        {
            await Console.Error.WriteLineAsync($"{args[0]}: {error.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"{args[0]}: stopped, and the step under way undone");
            return Failed;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static async Task<int> RunCommandAsync(ICommand command, string[] arguments, CancellationToken cancellationToken)
    {
        try
        {
            await command.RunAsync(arguments, cancellationToken);
            return 0;
        }
        catch (UsageException error)
        {
            await Console.Error.WriteLineAsync($"{error.Message}\nUsage: UsersApi {command.Usage}");
            return NotUnderstood;
        }
    }

    private static async Task<int> ExplainAsync(string word, List<ICommand> commands)
    {
        var asked = word is "help" or "--help" or "-h";
        var to = asked ? Console.Out : Console.Error;
        await to.WriteLineAsync(asked ? "UsersApi: a REST API over users" : $"'{word}' is not a command.");
        await to.WriteLineAsync("Usage: UsersApi                                  serves");
        foreach (var command in commands)
        {
            await to.WriteLineAsync($"       UsersApi {command.Usage}");
        }

        return asked ? 0 : NotUnderstood;
    }
}

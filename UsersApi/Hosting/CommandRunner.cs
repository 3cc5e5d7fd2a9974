using System.CommandLine;
using System.CommandLine.Parsing;
using System.ComponentModel.DataAnnotations;
using System.Data.Common;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Options;

namespace UsersApi.Hosting;

/// <summary>Serves, or runs the command that the first argument names. Exit codes: 0 done, 1 failed, 2 not understood.</summary>
/// <remarks>A folder brings a command by registering a <see cref="Command"/>.</remarks>
internal static class CommandRunner
{
    private const string Description =
        "A REST API over users. Without a command it serves, and arguments are settings, like --urls=http://localhost:8080.";

    private const int Failed = 1;
    private const int NotUnderstood = 2;

    /// <summary>Whether the arguments ask for a command: settings, which begin with a dash, belong to the server.</summary>
    public static bool HasCommand(string[] args) =>
        args is [var first, ..] && (!first.StartsWith('-') || first is "--help" or "-h" or "-?" or "--version");

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
        _ when ExplainsItself(error) => [error.Message],
        AggregateException { InnerExceptions: var all } when all.All(ExplainsItself) => [.. all.Select(one => one.Message).Distinct()],
        _ => [],
    };

    private static bool ExplainsItself(Exception error) => error is OptionsValidationException or ValidationException or DbException;

    private static async Task<int> RunCommandAsync(WebApplication app, string[] args)
    {
        var root = new RootCommand(Description);
        foreach (var command in app.Services.GetServices<Command>())
        {
            root.Subcommands.Add(command);
        }

        var parsed = root.Parse(args);
        var name = parsed.CommandResult.Command.Name;
        if (parsed.Errors.Count > 0)
        {
            return await ExplainAsync(root, parsed);
        }

        // The library listens to signals only when a command has begun, and gives it a time to end.
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var ours = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(ours, stop.Token);
        }
        catch (Exception error) when (ExplainsItself(error))
        {
            await Console.Error.WriteLineAsync($"{name}: {error.Message}");
            return Failed;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync($"{name}: stopped, and the step under way undone");
            return Failed;
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    // The library would exit with 1, and add to an unknown word that a command is missing.
    private static async Task<int> ExplainAsync(RootCommand root, ParseResult parsed)
    {
        var reason = parsed.UnmatchedTokens is [var word, ..] ? $"'{word}' is not understood here." : parsed.Errors[0].Message;
        string[] help = [.. NamesOf(parsed.CommandResult).Reverse(), "--help"];
        await Console.Error.WriteLineAsync(reason);
        await root.Parse(help).InvokeAsync(new InvocationConfiguration { Output = Console.Error });
        return NotUnderstood;
    }

    // From the command to the one before the root.
    private static IEnumerable<string> NamesOf(SymbolResult? result)
    {
        for (; result is CommandResult { Command: not RootCommand } command; result = command.Parent)
        {
            yield return command.Command.Name;
        }
    }
}

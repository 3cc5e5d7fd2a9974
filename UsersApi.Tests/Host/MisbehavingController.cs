using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Host;

/// <summary>What the application itself never does, so that its pipeline can be seen to cope.</summary>
[ApiController]
[Route("misbehaving")]
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class MisbehavingController : ControllerBase
{
    public const string Secret = "the secret inside";

    private static readonly TaskCompletionSource Entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly TaskCompletionSource Flooded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly TaskCompletionSource Left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when <see cref="FloodAsync"/> could send no more.</summary>
    internal static Task FloodEnd => Flooded.Task;

    /// <summary>Completes when <see cref="WaitAsync"/> runs.</summary>
    internal static Task Waiting => Entered.Task;

    /// <summary>Completes when <see cref="WaitAsync"/> was cancelled.</summary>
    internal static Task Cancelled => Left.Task;

    [HttpGet("throw")]
    public IActionResult Throw() => throw new InvalidOperationException($"{Secret} of {Request.Path}");

    /// <summary>Waits for longer than it may; nobody is told.</summary>
    [HttpGet("hang")]
    public async Task<IActionResult> HangAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        return Ok();
    }

    /// <summary>Sends until the client is gone, one way or the other.</summary>
    [HttpGet("flood")]
    public async Task FloodAsync()
    {
        var piece = new byte[64 * 1024];
        try
        {
            while (!HttpContext.RequestAborted.IsCancellationRequested)
            {
                await Response.Body.WriteAsync(piece, HttpContext.RequestAborted);
            }
        }
        catch (OperationCanceledException)
        {
            // The server left the client.
        }

        Flooded.TrySetResult();
    }

    /// <summary>What the server takes for the client's address and scheme.</summary>
    [HttpGet("client")]
    public string Client() => $"{Request.Scheme} {HttpContext.Connection.RemoteIpAddress}";

    [HttpGet("wait")]
    public async Task<IActionResult> WaitAsync(CancellationToken cancellationToken)
    {
        Entered.TrySetResult();
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
            return Ok();
        }
        finally
        {
            Left.TrySetResult();
        }
    }
}

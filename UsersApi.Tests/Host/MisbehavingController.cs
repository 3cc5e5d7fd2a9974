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
    private static readonly TaskCompletionSource Left = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when <see cref="WaitAsync"/> runs.</summary>
    internal static Task Waiting => Entered.Task;

    /// <summary>Completes when <see cref="WaitAsync"/> was cancelled.</summary>
    internal static Task Cancelled => Left.Task;

    [HttpGet("throw")]
    public IActionResult Throw() => throw new InvalidOperationException($"{Secret} of {Request.Path}");

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

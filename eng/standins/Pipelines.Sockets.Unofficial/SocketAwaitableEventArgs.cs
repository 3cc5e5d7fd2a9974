using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>A socket operation that can be awaited, one after the other.</summary>
/// <remarks>An operation ends once: completion may follow an abort, as when a connect that has timed out is cancelled.</remarks>
public sealed class SocketAwaitableEventArgs(PipeScheduler? ioScheduler = null)
    : SocketAsyncEventArgs(true), ICriticalNotifyCompletion
{
    // Stands in the continuation's place once the operation has ended.
    private static readonly Action Ended = () => { };

    private Action? _continuation;
    private volatile int _abortedWith;

    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _continuation), Ended);

    public SocketAwaitableEventArgs GetAwaiter() => this;

    /// <summary>The bytes transferred; makes the object ready for its next operation.</summary>
    /// <exception cref="SocketException">The operation failed or was aborted.</exception>
    public int GetResult()
    {
        Volatile.Write(ref _continuation, null);
        var error = _abortedWith != 0 ? (SocketError)_abortedWith : SocketError;
        return error == SocketError.Success ? BytesTransferred : throw new SocketException((int)error);
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation)
    {
        ArgumentNullException.ThrowIfNull(continuation);
        if (Interlocked.CompareExchange(ref _continuation, continuation, null) is not null)
        {
            Run(continuation);
        }
    }

    /// <summary>Ends the operation; without effect where it has ended.</summary>
    public void Complete()
    {
        var continuation = Interlocked.Exchange(ref _continuation, Ended);
        if (continuation is not null && !ReferenceEquals(continuation, Ended))
        {
            Run(continuation);
        }
    }

    /// <summary>Ends the operation, and any after it, with an error.</summary>
    public void Abort(SocketError error = SocketError.OperationAborted)
    {
        _abortedWith = (int)error;
        Complete();
    }

    protected override void OnCompleted(SocketAsyncEventArgs e) => Complete();

    private void Run(Action continuation) =>
        (ioScheduler ?? PipeScheduler.Inline).Schedule(static state => ((Action)state!)(), continuation);
}

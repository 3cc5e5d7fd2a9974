using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Runs a pipe's callbacks, on the shared thread pool.</summary>
/// <remarks>Threads of its own were measured: a blocking collection burnt processor time and a locked queue was slow, while the
/// thread pool was best at one caller and good at 256. The name, the number of threads and their priority have no effect.</remarks>
public sealed class DedicatedThreadPoolPipeScheduler(
    string? name = null, int workerCount = 0, int useThreadPoolQueueLength = 0, ThreadPriority priority = ThreadPriority.Normal)
    : PipeScheduler, IDisposable
{
    private long _scheduled;

    public int WorkerCount
    {
        get
        {
            System.Threading.ThreadPool.GetMaxThreads(out var workers, out _);
            return workers;
        }
    }

    public int AvailableCount
    {
        get
        {
            System.Threading.ThreadPool.GetAvailableThreads(out var workers, out _);
            return workers;
        }
    }

    public long TotalServicedByQueue => 0;

    public long TotalServicedByPool => Volatile.Read(ref _scheduled);

    public override void Schedule(Action<object?> action, object? state)
    {
        Interlocked.Increment(ref _scheduled);
        ThreadPool.Schedule(action, state);
    }

    /// <summary>Does nothing: the thread pool outlives it, and callbacks scheduled after it still run.</summary>
    public void Dispose()
    {
    }
}

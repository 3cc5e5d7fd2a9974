using System.Buffers;

namespace UsersApi.Caching.Capture;

/// <summary>
/// Takes in a response's bytes, up to a cap. Beyond it, or where the action sends its answer as it goes, what was taken in and all
/// that follows streams to the client, so that memory stays bounded and nobody waits.
/// </summary>
/// <param name="response">What is captured.</param>
/// <param name="client">Where the bytes stream to.</param>
/// <param name="cap">How many bytes are taken in.</param>
/// <param name="beforeStreaming">Told why, before the first byte leaves; false if none shall leave at all.</param>
internal sealed class CapturedBytes(HttpResponse response, Func<Stream> client, int cap, Func<CacheOutcome, bool> beforeStreaming)
{
    private const string EventStream = "text/event-stream";

    // An action may go on writing after its end: nothing of that may reach blocks that are another response's by then.
    private readonly Lock _gate = new();
    private readonly BodyBuffer _taken = new();
    private long _length;
    private bool _isOver;

    /// <summary>Whether the action asked for its bytes to be sent at once.</summary>
    public bool IsUnbuffered { get; set; }

    /// <summary>Whether what is written shall leave at once.</summary>
    public bool IsStream => IsUnbuffered || response.ContentType?.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase) is true;

    /// <summary>Whether bytes go to the client by themselves.</summary>
    public bool IsStreaming { get; private set; }

    /// <summary>Where they go then.</summary>
    public Stream Target { get; private set; } = Stream.Null;

    /// <summary>Takes bytes in; false where they are to be sent.</summary>
    public bool TryTake(ReadOnlySpan<byte> bytes, out CacheOutcome why)
    {
        var isStream = IsStream;
        why = isStream ? CacheOutcome.Streamed : CacheOutcome.TooLarge;
        lock (_gate)
        {
            if (_isOver)
                return !IsStreaming;

            if (isStream || bytes.Length > cap - _length)
                return false;

            _taken.Writer.Write(bytes);
            _length += bytes.Length;
            return true;
        }
    }

    /// <summary>Sends what was taken in, then these bytes; from here on bytes stream.</summary>
    public async ValueTask SendAsync(CacheOutcome why, ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        var taken = BeginStreaming(why);
        await Target.WriteAsync(taken, cancel);
        await Target.WriteAsync(bytes, cancel);
    }

    /// <inheritdoc cref="SendAsync"/>
    public void Send(CacheOutcome why, ReadOnlySpan<byte> bytes)
    {
        var taken = BeginStreaming(why);
        Target.Write(taken);
        Target.Write(bytes);
    }

    /// <summary>Everything taken in, once. What is written from here on streams, or belongs to no response any more.</summary>
    public ReadOnlyMemory<byte> TakeAll() => TakeOnce(toStream: false);

    private byte[]? BeginStreaming(CacheOutcome why)
    {
        var taken = TakeOnce(toStream: true);
        if (taken is not null)
            Target = beforeStreaming(why) ? client() : Stream.Null;

        return taken;
    }

    private byte[]? TakeOnce(bool toStream)
    {
        lock (_gate)
        {
            if (_isOver)
                return null;

            (_isOver, IsStreaming) = (true, toStream);
            return _taken.TakeAll();
        }
    }
}

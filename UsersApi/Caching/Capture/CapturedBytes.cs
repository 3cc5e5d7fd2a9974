namespace UsersApi.Caching.Capture;

/// <summary>
/// Takes in a response's bytes, up to a cap. Beyond it, or where the action sends its answer as it goes, what was taken in and all
/// that follows streams to the client, so that memory stays bounded and nobody waits.
/// </summary>
/// <param name="response">What is captured: it may tell its length before its first byte.</param>
/// <param name="client">Where the bytes stream to.</param>
/// <param name="cap">How many bytes are taken in.</param>
/// <param name="beforeStreaming">Told why, before the first byte leaves; false if none shall leave at all.</param>
internal sealed class CapturedBytes(HttpResponse response, Stream client, int cap, Func<CacheOutcome, bool> beforeStreaming)
{
    private const string EventStream = "text/event-stream";

    private ByteBlocks? _taken;

    /// <summary>Whether the action asked for its bytes to be sent at once.</summary>
    public bool IsUnbuffered { get; set; }

    /// <summary>Where bytes go; null while they are taken in.</summary>
    public Stream? Streaming { get; private set; }

    /// <summary>Everything taken in.</summary>
    public ReadOnlyMemory<byte> Body => Taken.ToArray();

    private ByteBlocks Taken => _taken ??= new ByteBlocks((int)Math.Min(response.ContentLength ?? 0, cap));

    /// <summary>Takes bytes in; false where they belong behind what <see cref="BeginStreaming"/> gives back.</summary>
    public bool TryTake(ReadOnlySpan<byte> bytes, out CacheOutcome why)
    {
        var isStream = IsUnbuffered || response.ContentType?.StartsWith(EventStream, StringComparison.OrdinalIgnoreCase) is true;
        why = isStream ? CacheOutcome.Streamed : CacheOutcome.TooLarge;
        if (Streaming is not null || isStream || bytes.Length > cap - Taken.Length)
            return false;

        Taken.Add(bytes);
        return true;
    }

    /// <summary>From here on bytes stream.</summary>
    /// <returns>What goes to <see cref="Streaming"/> before them.</returns>
    public ReadOnlyMemory<byte> BeginStreaming(CacheOutcome why)
    {
        if (Streaming is not null)
            return default;

        Streaming = beforeStreaming(why) ? client : Stream.Null;
        return Body;
    }
}

using System.Text.Json.Serialization;

namespace UsersApi.Caching.Entries;

/// <summary>A header of a stored response.</summary>
/// <param name="Name">Its name, as the action wrote it.</param>
/// <param name="Values">Its values, in order.</param>
/// <param name="IsAdded">Whether the action added it to what others had set, as it may with <c>Vary</c>.</param>
internal sealed record StoredHeader(string Name, string[] Values, bool IsAdded);

/// <summary>A whole response as it is stored: metadata that a person can read, and the body's bytes.</summary>
internal sealed record CacheEntry
{
    /// <summary>Grows with every change of the format; an entry of another revision is a miss.</summary>
    public const int FormatRevision = 3;

    private const long MostAhead = 60_000;

    public int Revision { get; init; } = FormatRevision;

    /// <summary>The key under which it was stored: an entry that comes back under another one is not used.</summary>
    public required string Key { get; init; }

    /// <summary>The action that made it.</summary>
    public required string Action { get; init; }

    public required int Status { get; init; }

    /// <summary>When the response was made, in milliseconds of the Unix epoch.</summary>
    public required long Stored { get; init; }

    /// <summary>How old it was when it was stored, in seconds: an action may get it from another cache.</summary>
    public int Age { get; init; }

    /// <summary>Until when it is fresh, in milliseconds of the Unix epoch.</summary>
    public required long FreshUntil { get; init; }

    /// <summary>How long after <see cref="FreshUntil"/> it may be sent while a new one is made in the background, in seconds.</summary>
    public int StaleSeconds { get; init; }

    /// <summary>How long after <see cref="FreshUntil"/> it may be sent in the place of an error, in seconds.</summary>
    public int StaleIfErrorSeconds { get; init; }

    /// <summary>
    /// Request headers that select between the responses of this resource (RFC 9111, section 4.1). An entry that names some is no
    /// response: those stand under keys that hold the values of these headers.
    /// </summary>
    public IReadOnlyList<string> Selecting { get; init; } = [];

    /// <summary>Epoch and tag versions read before the action ran; it is only served while they are the current ones.</summary>
    public required Stamp? Stamp { get; init; }

    /// <summary>The entity tag of the identity coding, quotes included; empty where the response has none.</summary>
    public required string ETag { get; init; }

    /// <summary>Whether <see cref="ETag"/> was made here, from the content; the action's own is sent as it is.</summary>
    public required bool OwnsETag { get; init; }

    /// <summary>Whether other codings of the body may be sent.</summary>
    public required bool MayCompress { get; init; }

    public required IReadOnlyList<StoredHeader> Headers { get; init; }

    /// <summary>Bytes of <see cref="Body"/>.</summary>
    public required int Length { get; init; }

    /// <summary>The content coding in which the body stands in the store: empty, or gzip.</summary>
    public string Coding { get; init; } = "";

    /// <summary>The trace of the request that made it; known in the process that made it alone.</summary>
    [JsonIgnore]
    public System.Diagnostics.ActivityContext Cause { get; init; }

    /// <summary>Disposed of once the entry is in the store, or never will be; known in the process that made it alone.</summary>
    [JsonIgnore]
    public IDisposable? Claim { get; init; }

    /// <summary>The body as the action wrote it.</summary>
    [JsonIgnore]
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body in gzip, where the store had it so or a client has asked for it; else null.</summary>
    [JsonIgnore]
    public byte[]? Gzip { get; set; }

    /// <summary>
    /// Whether it is of the future, at a time in milliseconds of the Unix epoch: it was made before a clock was set back, and would live
    /// for as long as that was. Clocks of nodes differ by less.
    /// </summary>
    public bool IsAheadOf(long now) => Stored - now > MostAhead;

    /// <summary>Whether it is fresh, at a time in milliseconds of the Unix epoch.</summary>
    public bool IsFreshAt(long now) => FreshUntil > now && !IsAheadOf(now);

    /// <summary>Until when it may be of use, in milliseconds of the Unix epoch.</summary>
    [JsonIgnore]
    public long KeepUntil => FreshUntil + (Math.Max(StaleSeconds, StaleIfErrorSeconds) * 1_000L);

    /// <summary>Bytes that it takes up in memory, roughly.</summary>
    [JsonIgnore]
    public long Size => Length + (MayCompress ? Length / 4L : 0) + 1_024 + (2L * Key.Length);

    /// <summary>The body in gzip; worked out once, kept as long as the entry.</summary>
    public byte[] Compressed()
    {
        if (Gzip is { } made)
            return made;

        // A thousand who come at once wait for one.
        lock (Headers)
            return Gzip ??= ContentCoding.Compress(Body);
    }
}

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>How an arena is laid out: only the size of its blocks matters here, in bytes; 0 leaves it to the arena.</summary>
public sealed class ArenaOptions(ArenaFlags flags = ArenaFlags.None, int blockSizeBytes = 0, Func<long, long, long>? retentionPolicy = null)
{
    internal int BlockSizeBytes { get; } = blockSizeBytes;
}

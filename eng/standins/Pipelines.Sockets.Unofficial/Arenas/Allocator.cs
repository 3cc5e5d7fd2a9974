namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Where an arena's blocks come from; here that is always the heap, so nothing derives from it.</summary>
public abstract class Allocator<T>;

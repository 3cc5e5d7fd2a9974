namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Hints for an arena; this one heeds none, so that any value may be passed.</summary>
[Flags]
public enum ArenaFlags
{
    None = 0,
}

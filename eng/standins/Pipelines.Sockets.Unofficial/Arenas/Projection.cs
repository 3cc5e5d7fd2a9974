namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Makes one element of another type, without copying the first.</summary>
public delegate TTo Projection<TFrom, out TTo>(in TFrom from);

/// <summary>Makes one element of another type with the help of a state that is handed through.</summary>
public delegate TTo Projection<TFrom, TState, out TTo>(in TFrom from, in TState state);

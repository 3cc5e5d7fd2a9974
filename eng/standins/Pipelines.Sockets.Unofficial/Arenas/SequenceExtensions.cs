namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Copies sequences out of their arena, element by element.</summary>
public static class SequenceExtensions
{
    public static TTo[] ToArray<TFrom, TTo>(this in Sequence<TFrom> source, Projection<TFrom, TTo> projection)
    {
        var copy = new TTo[source.Length];
        source.CopyTo(copy, projection);
        return copy;
    }

    public static TTo[] ToArray<TFrom, TState, TTo>(
        this in Sequence<TFrom> source, Projection<TFrom, TState, TTo> projection, in TState state)
    {
        var copy = new TTo[source.Length];
        var index = 0;
        foreach (ref var element in source.FirstSpan)
        {
            copy[index++] = projection(in element, in state);
        }

        return copy;
    }

    public static void CopyTo<TFrom, TTo>(this in Sequence<TFrom> source, Span<TTo> destination, Projection<TFrom, TTo> projection)
    {
        var index = 0;
        foreach (ref var element in source.FirstSpan)
        {
            destination[index++] = projection(in element);
        }
    }
}

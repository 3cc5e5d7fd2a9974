using System.Collections;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Walks over the handlers in a delegate, so that each can be called by itself.</summary>
public static class Delegates
{
    public static bool IsSingle(this MulticastDelegate handlers)
    {
        ArgumentNullException.ThrowIfNull(handlers);
        return handlers.HasSingleTarget;
    }

    public static DelegateEnumerable<T> AsEnumerable<T>(this T? handlers)
        where T : MulticastDelegate => new(handlers);

    /// <summary>The handlers in a delegate.</summary>
    public readonly struct DelegateEnumerable<T> : IEnumerable<T>
        where T : MulticastDelegate
    {
        private readonly T? _handlers;

        internal DelegateEnumerable(T? handlers) => _handlers = handlers;

        public DelegateEnumerator<T> GetEnumerator() => new(_handlers);

        IEnumerator<T> IEnumerable<T>.GetEnumerator() => GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    /// <summary>Stands on one handler after the other.</summary>
    public struct DelegateEnumerator<T> : IEnumerator<T>
        where T : MulticastDelegate
    {
        private Delegate.InvocationListEnumerator<T> _handlers;

        internal DelegateEnumerator(T? handlers) => _handlers = Delegate.EnumerateInvocationList(handlers);

        public readonly T Current => _handlers.Current;

        readonly object IEnumerator.Current => Current;

        public bool MoveNext() => _handlers.MoveNext();

        public void Reset() => throw new NotSupportedException();

        public readonly void Dispose()
        {
        }
    }
}

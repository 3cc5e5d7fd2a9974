using System.Reflection;

namespace UsersApi.Caching.Capture;

/// <summary>Stands in for a feature or a collection of the request, and tells when it is looked at.</summary>
internal class WatchedFeature : DispatchProxy
{
    private object? _inner;
    private Action? _onRead;

    public static T Around<T>(T inner, Action onRead)
        where T : class
    {
        var watched = Create<T, WatchedFeature>();
        var proxy = (WatchedFeature)(object)watched;
        (proxy._inner, proxy._onRead) = (inner, onRead);
        return watched;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _onRead!();
        return targetMethod!.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, args, CultureInfo.InvariantCulture);
    }
}

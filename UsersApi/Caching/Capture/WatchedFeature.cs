using System.Reflection;

namespace UsersApi.Caching.Capture;

/// <summary>Stands in for a feature or a collection of the exchange, and tells the member that is called.</summary>
internal class WatchedFeature : DispatchProxy
{
    private object? _inner;
    private Action<string>? _onCall;

    public static T Around<T>(T inner, Action<string> onCall)
        where T : class
    {
        var watched = Create<T, WatchedFeature>();
        var proxy = (WatchedFeature)(object)watched;
        (proxy._inner, proxy._onCall) = (inner, onCall);
        return watched;
    }

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        _onCall!(targetMethod!.Name);
        return targetMethod.Invoke(_inner, BindingFlags.DoNotWrapExceptions, binder: null, args, CultureInfo.InvariantCulture);
    }
}

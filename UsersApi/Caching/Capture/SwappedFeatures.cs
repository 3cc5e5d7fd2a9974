namespace UsersApi.Caching.Capture;

/// <summary>The features of an exchange in whose place others stand while an action runs.</summary>
internal sealed class SwappedFeatures(IFeatureCollection features)
{
    private readonly List<(Type Type, object? Original, object? Shown)> _all = [];

    public void Add<T>(T shown)
        where T : class => _all.Add((typeof(T), features.Get<T>(), shown));

    /// <summary>Shows a feature as it is, and tells the members of it that are called; nothing where there is no such feature.</summary>
    public void Watch<T>(Action<string> onCall)
        where T : class
    {
        if (features.Get<T>() is { } feature)
            Add(WatchedFeature.Around(feature, onCall));
    }

    public void Install() => _all.ForEach(feature => features[feature.Type] = feature.Shown);

    public void Remove() => _all.ForEach(feature => features[feature.Type] = feature.Original);
}

namespace UsersApi.Bench.Results;

internal static class Quantiles
{
    /// <summary>The value below which this part of the values lies, between two of them in proportion.</summary>
    public static double Of(IEnumerable<double> values, double part)
    {
        var sorted = values.Order().ToArray();
        var position = part * (sorted.Length - 1);
        var below = (int)position;
        return below + 1 == sorted.Length ? sorted[below] : double.Lerp(sorted[below], sorted[below + 1], position - below);
    }
}

namespace UsersApi.Caching.Http;

/// <summary>One satisfiable range of bytes, or an unsatisfiable one of length 0 (RFC 9110, section 14).</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    /// <summary>
    /// The range that a GET asks for; null where it asks for none, for several, or in a way that can't be read: a server may
    /// ignore <c>Range</c> then, and answer 200.
    /// </summary>
    public static ByteRange? Of(HttpRequest request, int bodyLength)
    {
        if (request.Headers.Range.Count != 1 || bodyLength == 0 || !HttpMethods.IsGet(request.Method)
            || !RangeHeaderValue.TryParse(request.Headers.Range.ToString(), out var range)
            || !range.Unit.Equals("bytes", StringComparison.OrdinalIgnoreCase) || range.Ranges.Count != 1)
        {
            return null;
        }

        var only = range.Ranges.First();
        if (only.From is not { } from)
        {
            var suffix = (int)Math.Min(only.To ?? 0, bodyLength);
            return new ByteRange(bodyLength - suffix, suffix);
        }

        var last = Math.Min(only.To ?? long.MaxValue, bodyLength - 1);
        return from > last ? new ByteRange(0, 0) : new ByteRange((int)from, (int)(last - from) + 1);
    }

    public string HeaderFor(int bodyLength) => Length == 0
        ? string.Create(CultureInfo.InvariantCulture, $"bytes */{bodyLength}")
        : string.Create(CultureInfo.InvariantCulture, $"bytes {Start}-{Start + Length - 1}/{bodyLength}");
}

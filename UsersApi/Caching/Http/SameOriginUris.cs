namespace UsersApi.Caching.Http;

/// <summary>The URIs of this origin that a response names.</summary>
internal static class SameOriginUris
{
    /// <summary>The decoded paths of <c>Location</c> and <c>Content-Location</c>, where they are of the request's own origin.</summary>
    public static IEnumerable<string> In(HttpContext http)
    {
        var request = http.Request;
        // Stands for the host, whose name a client may have made up.
        var own = $"{request.Scheme}://own.invalid";
        var headers = http.Response.Headers;
        foreach (var text in new[] { headers.Location.ToString(), headers[HeaderNames.ContentLocation].ToString() })
        {
            if (text.Length > 0 && Uri.TryCreate($"{own}{request.PathBase}{request.Path}", UriKind.Absolute, out var here)
                && Uri.TryCreate(here, text, out var uri) && (IsOf(own, uri) || IsOf($"{request.Scheme}://{request.Host}", uri)))
            {
                yield return Uri.UnescapeDataString(uri.AbsolutePath);
            }
        }
    }

    private static bool IsOf(string origin, Uri uri) => Uri.TryCreate(origin, UriKind.Absolute, out var own)
        && Uri.Compare(own, uri, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0;
}

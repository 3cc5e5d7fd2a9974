namespace UsersApi.Caching.Http;

/// <summary>The URIs of this origin that a response names.</summary>
internal static class SameOriginUris
{
    /// <summary>The decoded paths of <c>Location</c> and <c>Content-Location</c>, where they are of the request's own origin.</summary>
    public static IEnumerable<string> In(HttpContext http)
    {
        var request = http.Request;
        var headers = http.Response.Headers;
        foreach (var text in new[] { headers.Location.ToString(), headers[HeaderNames.ContentLocation].ToString() })
        {
            if (text.Length > 0
                && Uri.TryCreate($"{request.Scheme}://{request.Host}{request.PathBase}{request.Path}", UriKind.Absolute, out var own)
                && Uri.TryCreate(own, text, out var uri)
                && Uri.Compare(own, uri, UriComponents.SchemeAndServer, UriFormat.Unescaped, StringComparison.OrdinalIgnoreCase) == 0)
            {
                yield return Uri.UnescapeDataString(uri.AbsolutePath);
            }
        }
    }
}

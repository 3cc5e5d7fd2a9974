using System.ComponentModel.DataAnnotations;
using System.Net;

namespace UsersApi.Server;

/// <summary>What a client may take of the server: section <c>Server</c>.</summary>
internal sealed class ServerOptions : IValidatableObject
{
    public const string Section = "Server";

    /// <summary>Bytes of a request body unless an action says otherwise: one user is far smaller.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxBodyBytes { get; set; } = 64 * 1024;

    /// <summary>Bytes of a method and URL.</summary>
    [Range(512, 64 * 1024)]
    public int MaxRequestLineBytes { get; set; } = 8 * 1024;

    /// <summary>Bytes of all headers of a request; the largest is a token.</summary>
    [Range(1024, 64 * 1024)]
    public int MaxHeaderBytes { get; set; } = 16 * 1024;

    /// <summary>Headers of a request.</summary>
    [Range(8, 1000)]
    public int MaxHeaders { get; set; } = 64;

    /// <summary>Connections at one time: one more is closed at once.</summary>
    [Range(1, 1_000_000)]
    public int MaxConnections { get; set; } = 10_000;

    /// <summary>Bytes a second, on average, of a body either way: a slower client is left.</summary>
    [Range(1, 1_000_000)]
    public int MinBytesPerSecond { get; set; } = 240;

    /// <summary>For how long a body may be slower than that: 2 seconds to 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:02", "00:02:00")]
    public TimeSpan RateGracePeriod { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long the headers of a request may take: 1 second to 2 minutes.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "00:02:00")]
    public TimeSpan HeadersTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a connection may have nothing to do: 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>From a request's headers to the end of its response: 1 second to 1 hour.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>
    /// For how long the process goes on serving after it was asked to stop, while <c>/health/ready</c> answers 503: as long as a load
    /// balancer takes to notice. 0 to 20 seconds, since the host stops waiting after 30.
    /// </summary>
    [Range(typeof(TimeSpan), "00:00:00", "00:00:20")]
    public TimeSpan ShutdownDelay { get; set; }

    /// <summary>Writes a second by one client, known by its token's subject, else by its address.</summary>
    [Range(1, 1_000_000)]
    public int WritesPerSecond { get; set; } = 1_000;

    /// <summary>
    /// The proxies that are believed to tell the client's address, scheme and path prefix in <c>X-Forwarded-*</c>: addresses, or
    /// networks as <c>10.0.0.0/8</c>.
    /// </summary>
    public IList<string> KnownProxies { get; } = [];

    /// <summary>The origins whose pages may call this API from a browser, as <c>https://app.example.com</c>; none by default.</summary>
    public IList<string> CorsOrigins { get; } = [];

    /// <summary>How many of them a request passes one after another.</summary>
    [Range(1, 10)]
    public int ProxyHops { get; set; } = 1;

    /// <summary>The same as networks: an address is one of its own.</summary>
    public IEnumerable<IPNetwork> ProxyNetworks() => KnownProxies.Select(proxy => Parse(proxy)!.Value);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
    [
        .. KnownProxies.Where(proxy => Parse(proxy) is null).Select(proxy => new ValidationResult(
            $"Server:KnownProxies has '{proxy}', which is neither an address nor a network.", [nameof(KnownProxies)])),
        .. CorsOrigins.Where(origin => !IsOrigin(origin)).Select(origin => new ValidationResult(
            $"Server:CorsOrigins has '{origin}', which is not an origin: write a scheme and a host, without a path.",
            [nameof(CorsOrigins)])),
    ];

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
            && uri.GetLeftPart(UriPartial.Authority) == text;

    private static IPNetwork? Parse(string proxy) =>
        IPAddress.TryParse(proxy, out var address) ? new IPNetwork(address, address.GetAddressBytes().Length * 8)
        : IPNetwork.TryParse(proxy, out var network) ? network
        : null;
}

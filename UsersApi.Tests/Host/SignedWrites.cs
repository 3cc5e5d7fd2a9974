using System.Net.Http.Headers;

namespace UsersApi.Tests.Host;

/// <summary>Sends a token with what needs one, so that tests of something else need not.</summary>
internal sealed class SignedWrites(Func<string> token) : DelegatingHandler(new SocketsHttpHandler { AllowAutoRedirect = false })
{
    private readonly Lazy<string> _token = new(token);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Method != HttpMethod.Get && request.Method != HttpMethod.Head)
        {
            request.Headers.Authorization ??= new AuthenticationHeaderValue("Bearer", _token.Value);
        }

        return base.SendAsync(request, cancellationToken);
    }
}

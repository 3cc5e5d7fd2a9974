using System.Net;
using System.Text.Json.Nodes;

namespace UsersApi.Tests.Containers;

/// <summary>An engine that refuses one kind of request, as real ones do that are too old or lack an image. It makes no containers.</summary>
internal sealed class DockerEngine : IAsyncDisposable
{
    private readonly WebApplication _server;

    private DockerEngine(Func<HttpRequest, bool> refuses, int status, string message)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        _server = builder.Build();
        _server.Run(async context =>
        {
            if (context.Request.Path.Value!.EndsWith("/containers/create", StringComparison.Ordinal))
            {
                Created = await context.Request.ReadFromJsonAsync<JsonNode>();
            }

            if (refuses(context.Request))
            {
                context.Response.StatusCode = status;
                await context.Response.WriteAsJsonAsync(new { message });
                return;
            }

            await context.Response.WriteAsJsonAsync(new { });
        });
    }

    public string Endpoint => _server.Urls.Single().Replace("http:", "tcp:", StringComparison.Ordinal);

    /// <summary>What the last request to create a container asked for.</summary>
    public JsonNode? Created { get; private set; }

    /// <param name="refuses">Which requests the engine refuses.</param>
    /// <param name="status">With which status code.</param>
    /// <param name="message">In which words.</param>
    public static async Task<DockerEngine> StartAsync(Func<HttpRequest, bool> refuses, int status, string message)
    {
        var engine = new DockerEngine(refuses, status, message);
        await engine._server.StartAsync();
        return engine;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}

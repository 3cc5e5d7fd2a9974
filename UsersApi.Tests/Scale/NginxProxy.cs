using System.Diagnostics;
using System.Globalization;
using UsersApi.Tests.Coherence;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Scale;

/// <summary>nginx before a changing set of nodes; its responses name the one that answered in <see cref="NodeHeader"/>.</summary>
internal sealed class NginxProxy : IDisposable
{
    public const string NodeHeader = "X-Node";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("usersapi-nginx-");
    private readonly int _port = LoopbackPort.Free();
    private ServerProcess? _server;
    private int _generation;

    public Uri Url => new($"http://127.0.0.1:{_port}");

    private string Configuration => Path.Combine(_folder.FullName, "nginx.conf");

    public static async Task<NginxProxy> StartAsync(IEnumerable<int> ports)
    {
        var nginx = new NginxProxy();
        // Its workers run as another user where it is started by root.
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(nginx._folder.FullName, (UnixFileMode)0b111_101_101);
        await nginx.WriteAsync(ports);
        nginx._server = await ServerProcess.StartAsync(
            new ProcessStartInfo("nginx", ["-p", nginx._folder.FullName, "-e", "stderr", "-c", nginx.Configuration]), nginx._port);
        return nginx;
    }

    /// <summary>Sends requests to these nodes from now on; those under way go on.</summary>
    public async Task UseAsync(IEnumerable<int> ports)
    {
        await WriteAsync(ports);
        await _server!.SignalAsync("HUP");
        using var client = new HttpClient();
        var generation = _generation.ToString(CultureInfo.InvariantCulture);
        await Eventually.HoldsAsync(
            async () => await client.GetStringAsync(new Uri(Url, "/generation")) == generation, "nginx has the new nodes");
    }

    public void Dispose()
    {
        _server?.Dispose();
        _folder.Delete(recursive: true);
    }

    // A worker that is told to go closes its connections, and a new one knows the new nodes: hence a connection for each request here.
    private Task WriteAsync(IEnumerable<int> ports) => File.WriteAllTextAsync(Configuration, $$"""
        daemon off;
        pid {{_folder.FullName}}/pid;
        error_log stderr crit;
        worker_processes 1;
        events { worker_connections 512; }
        http {
          access_log off;
          client_body_temp_path {{_folder.FullName}}/body; proxy_temp_path {{_folder.FullName}}/proxy;
          fastcgi_temp_path {{_folder.FullName}}/fastcgi; uwsgi_temp_path {{_folder.FullName}}/uwsgi;
          scgi_temp_path {{_folder.FullName}}/scgi;
          keepalive_timeout 0;
          upstream api {
            least_conn;
            {{string.Concat(ports.Select(ServerOf))}}
            keepalive 16;
          }
          server {
            listen 127.0.0.1:{{_port}};
            location = /generation { return 200 "{{++_generation}}"; }
            location / {
              proxy_pass http://api;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              proxy_set_header Host $http_host;
              proxy_set_header X-Forwarded-For $remote_addr;
              proxy_set_header X-Forwarded-Proto $scheme;
              proxy_next_upstream error timeout;
              add_header {{NodeHeader}} $upstream_addr always;
            }
          }
        }
        """);

    private static string ServerOf(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"server 127.0.0.1:{port} max_fails=1 fail_timeout=1s; ");
}

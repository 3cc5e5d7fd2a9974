using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Host;

/// <summary>
/// Runs rows: against the cached actions, against the same under the kill switch, byte for byte, and against the same
/// without the attribute.
/// </summary>
internal sealed partial class Table(params Type[] controllers) : IAsyncDisposable
{
    private static readonly string[] Own = ["Age", "Date", "Cache-Status"];

    private readonly Lazy<Task<Servers>> _shared = new(() => StartAsync(controllers, null));

    public async Task RunAsync(Row row)
    {
        if (!row.IsAlone)
        {
            await RunAsync(row, await _shared.Value);
            return;
        }

        await using var own = await StartAsync(controllers, row);
        await RunAsync(row, own);
    }

    public async ValueTask DisposeAsync()
    {
        if (_shared.IsValueCreated)
        {
            await (await _shared.Value).DisposeAsync();
        }
    }

    /// <summary>A response without what may differ between a cached one and a computed one.</summary>
    public static string Normalised(RawResponse response)
    {
        var text = new StringBuilder(response.StatusLine).Append('\n');
        foreach (var (name, value) in response.Headers.Where(header => !Own.Contains(header.Name)).OrderBy(header => header.Name, StringComparer.Ordinal))
        {
            text.Append(name).Append(": ").Append(name == "Cache-Control" ? MaxAge().Replace(value, "max-age=*") : value).Append('\n');
        }

        return text.Append('\n').Append(TraceId().Replace(Encoding.Latin1.GetString(response.Body), "")).Append(response.IsWhole ? "" : " (cut off)").ToString();
    }

    /// <summary>A host that caches, and counts how often actions run below each path base <c>/~name</c>.</summary>
    public static Task<CachedHost> StartCachedAsync(Type[] controllers, Row? row = null) =>
        CachedHost.StartAsync(controllers, SettingsOf(row), services => AddServices(services, row), app => UsePipeline(app, row));

    /// <summary>The same under the kill switch.</summary>
    public static Task<CachedHost> StartKilledAsync(Type[] controllers, Row? row = null) => CachedHost.StartAsync(
        controllers, new(SettingsOf(row)) { ["Enabled"] = "false" }, services => AddServices(services, row), app => UsePipeline(app, row));

    /// <summary>The same without the attribute.</summary>
    public static Task<CachedHost> StartPlainAsync(Type[] controllers, Row? row = null) => CachedHost.StartAsync(
        controllers, SettingsOf(row),
        services => AddServices(services, row).Configure<MvcOptions>(options => options.Conventions.Add(new WithoutAttribute())),
        app => UsePipeline(app, row), redis: "");

    /// <summary>The same with the framework's output caching in the place of the attribute: as long, and by the same headers.</summary>
    public static Task<CachedHost> StartOutputCachedAsync(Type[] controllers, Row? row = null) => CachedHost.StartAsync(
        controllers, SettingsOf(row),
        services => AddServices(services, row)
            .AddOutputCache(options => options.MaximumBodySize = row?.Settings?.GetValueOrDefault("MaxBodyBytes") is { } cap ? int.Parse(cap, CultureInfo.InvariantCulture) : options.MaximumBodySize)
            .Configure<MvcOptions>(options =>
            {
                options.Conventions.Add(new OutputCacheConvention());
                options.Conventions.Add(new WithoutAttribute());
            }),
        app =>
        {
            UsePipeline(app, row);
            app.UseOutputCache();
        },
        redis: "");

    private static async Task RunAsync(Row row, Servers servers)
    {
        // A path base of its own, so that no row sees another's entries.
        var unique = $"/~{Guid.NewGuid():N}";
        var etag = "";
        using var all = Assert.EnterMultipleScope();
        foreach (var (step, number) in row.Steps.Select((step, i) => (step, i + 1)))
        {
            if (step.Seconds > 0)
            {
                servers.Advance(step.Seconds);
                continue;
            }

            var headers = step.Headers.Select(header => (header.Name, header.Value.Replace("{etag}", etag, StringComparison.Ordinal))).ToArray();
            var name = $"request {number}, {step.Method} {step.Target}";
            var cached = await servers.Cached.ExchangeAsync(step.Method, unique + step.Target, headers);
            etag = cached["ETag"] is { Length: > 0 } tag ? tag : etag;
            Check(step, cached, name);
            Assert.That(servers.Cached.Services.GetRequiredService<RunCounter>().Of(unique), Is.EqualTo(step.Count ?? servers.Cached.Services.GetRequiredService<RunCounter>().Of(unique)), $"{name}: runs of the action");
            if (row.IsLikeKillSwitch)
            {
                var computed = await servers.Killed.ExchangeAsync(step.Method, unique + step.Target, headers);
                Assert.That(Normalised(cached), Is.EqualTo(Normalised(computed)), $"{name}: not the same as under the kill switch");
            }

            if (row.IsLikePlain)
            {
                var plain = await servers.Plain.ExchangeAsync(step.Method, unique + step.Target, headers);
                if (step.Method != "HEAD" && !step.Headers.Any(header => header.Name.StartsWith("If-", StringComparison.Ordinal) || header.Name is "Range" or "Accept-Encoding"))
                {
                    CheckPlain(cached, plain, name);
                }
            }
        }
    }

    private static void Check(Ask step, RawResponse response, string name)
    {
        Assert.That(response.Status, Is.EqualTo(step.Status), $"{name}: status");
        Assert.That(response.Outcome, Is.EqualTo(step.Outcome ?? response.Outcome), $"{name}: Cache-Status");
        Assert.That(response.Text, Is.EqualTo(step.Body ?? response.Text), $"{name}: body");
        foreach (var (header, value) in step.Answer)
        {
            Assert.That(response[header], Is.EqualTo(value ?? ""), $"{name}: {header}");
        }
    }

    /// <summary>As MVC wrote it: framing apart, every header is there, and the body is the same.</summary>
    private static void CheckPlain(RawResponse cached, RawResponse plain, string name)
    {
        Assert.That(cached.StatusLine, Is.EqualTo(plain.StatusLine), $"{name}: not the status without the attribute");
        Assert.That(TraceId().Replace(cached.Text, ""), Is.EqualTo(TraceId().Replace(plain.Text, "")), $"{name}: not the body without the attribute");
        foreach (var header in plain.Headers.Where(header => header.Name is not ("Content-Length" or "Transfer-Encoding" or "Date" or "Vary")))
        {
            Assert.That(cached.Headers, Does.Contain(header), $"{name}: a header without the attribute");
        }
    }

    private static async Task<Servers> StartAsync(Type[] controllers, Row? row)
    {
        var starts = await Task.WhenAll(StartCachedAsync(controllers, row), StartKilledAsync(controllers, row), StartPlainAsync(controllers, row));
        return new Servers(starts[0], starts[1], starts[2]);
    }

    // The profile that some actions name exists in every row.
    private static Dictionary<string, string?> SettingsOf(Row? row) => new(row?.Settings ?? []);

    private static IServiceCollection AddServices(IServiceCollection services, Row? row)
    {
        services.AddSingleton<RunCounter>();
        services.Configure<MvcOptions>(options => options.Filters.AddService<RunCounter>(int.MaxValue));
        row?.Services?.Invoke(services);
        return services;
    }

    private static void UsePipeline(WebApplication app, Row? row)
    {
        app.Use((context, next) =>
        {
            if (context.Request.Path.Value is ['/', '~', ..] path && path.IndexOf('/', 1) is > 0 and var end)
            {
                context.Request.PathBase = path[..end];
                context.Request.Path = path[end..];
            }

            return next(context);
        });
        row?.Pipeline?.Invoke(app);
        app.UseRouting();
    }

    [GeneratedRegex(@"(?<![\w-])max-age=\d+")]
    private static partial Regex MaxAge();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex TraceId();

    private sealed record Servers(CachedHost Cached, CachedHost Killed, CachedHost Plain) : IAsyncDisposable
    {
        public void Advance(int seconds) =>
            Array.ForEach([Cached, Killed, Plain], host => host.Time.Advance(TimeSpan.FromSeconds(seconds)));

        public async ValueTask DisposeAsync()
        {
            await Cached.DisposeAsync();
            await Killed.DisposeAsync();
            await Plain.DisposeAsync();
        }
    }
}

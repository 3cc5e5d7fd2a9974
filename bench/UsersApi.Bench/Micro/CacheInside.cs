using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Filters;
using UsersApi.Bench.Subjects;
using UsersApi.Caching;
using UsersApi.Caching.Entries;
using UsersApi.Caching.Policies;
using UsersApi.Caching.Versions;
using UsersApi.Hosting;
using UsersApi.Users;

namespace UsersApi.Bench.Micro;

/// <summary>The cache as an application without Redis has it, and one request for a page of users.</summary>
internal sealed class CacheInside
{
    public CacheInside()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddJsonControllers().WithController<UsersController>();
        builder.Services.AddRedisCached(builder.Configuration);
        var app = builder.Build();
        app.MapControllers();
        Services = app.Services;
        var endpoint = ((IEndpointRouteBuilder)app).DataSources.SelectMany(source => source.Endpoints)
            .First(endpoint => endpoint.Metadata.GetMetadata<ControllerActionDescriptor>()?.ActionName == nameof(UsersController.List));
        var action = endpoint.Metadata.GetRequiredMetadata<ControllerActionDescriptor>();
        Policy = Services.GetRequiredService<CachePolicies>().For(action)!;

        var http = new DefaultHttpContext { RequestServices = Services };
        http.Request.Path = "/api/v1/users";
        http.Request.QueryString = new QueryString("?limit=20");
        http.SetEndpoint(endpoint);
        Request = new ActionExecutingContext(
            new ActionContext(http, new RouteData(), action, new()), [], new Dictionary<string, object?> { ["limit"] = 20 }, new object());
    }

    public IServiceProvider Services { get; }

    public CachePolicy Policy { get; }

    public ActionExecutingContext Request { get; }

    /// <summary>The key of the request, with these headers in it.</summary>
    public string KeyOf(IReadOnlyList<string> selecting)
    {
        var (dimensions, draft) = (Services.GetRequiredService<KeyDimensions>(), Policy.Key.Draft(Request));
        return dimensions.KeyOf(Policy, draft, dimensions.PartsOf(Policy, draft, Request.HttpContext), Request.HttpContext.Request, selecting);
    }

    /// <summary>An entry with a body like that of a page.</summary>
    public static CacheEntry EntryOf(int bytes) => new()
    {
        Key = "get:/api/v1/users:limit=20&skip=0",
        Action = "UsersApi.Users.UsersController.List (UsersApi)(Int32,Int32,Nullable`1,String,CancellationToken)",
        Status = StatusCodes.Status200OK,
        Stored = 1_767_225_600_000,
        FreshUntil = long.MaxValue,
        Stamp = new Stamp("e", []),
        ETag = "\"e42f163ae1f1822e42e5284a79c5fed6\"",
        OwnsETag = true,
        MayCompress = true,
        Headers = [new StoredHeader("Content-Type", ["application/json; charset=utf-8"], IsAdded: false)],
        Length = bytes,
        Body = Enumerable.Range(0, bytes).Select(index => (byte)('a' + (index % 23))).ToArray(),
    };
}

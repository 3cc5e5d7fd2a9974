using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationModels;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.OutputCaching;
using Microsoft.AspNetCore.ResponseCompression;
using UsersApi.Caching;
using UsersApi.Hosting;
using UsersApi.Users;

namespace UsersApi.Bench.Subjects;

/// <summary>The subjects in MVC: the application's own controller, with or without something else in its attribute's place.</summary>
internal static class MvcSubjects
{
    // Long enough that nothing expires while it is measured.
    private const int Seconds = 3_600;
    private const string Tag = "users";

    public static void AddRedisCachedUsers(this WebApplicationBuilder builder, Dictionary<string, string?> mode)
    {
        builder.Configuration.AddInMemoryCollection(mode);
        builder.Services.AddRedisCached(builder.Configuration);
        builder.AddUsersController((_, attribute) => attribute.Seconds = Seconds);
    }

    public static IServiceCollection AddOutputCachedUsers(this WebApplicationBuilder builder, SubjectSettings settings)
    {
        builder.AddUsersController((action, attribute) =>
        {
            action.Filters.Remove(attribute);
            foreach (var selector in action.Selectors)
            {
                // Stored as it is compressed, once for each coding.
                selector.EndpointMetadata.Add(new OutputCacheAttribute
                {
                    Duration = Seconds,
                    Tags = [Tag],
                    VaryByHeaderNames = settings.IsCompressed ? ["Accept-Encoding"] : [],
                });
            }
        });
        builder.Services.Configure<MvcOptions>(mvc => mvc.Filters.Add(new EvictOutput(Tag)));
        if (settings.IsCompressed)
        {
            builder.Services.AddResponseCompression();
            builder.Services.Configure<GzipCompressionProviderOptions>(gzip => gzip.Level = System.IO.Compression.CompressionLevel.Fastest);
        }

        // Room for all keys: what does not fit would be measured as a miss.
        return builder.Services.AddOutputCache(options => options.SizeLimit = 2L * 1024 * 1024 * 1024);
    }

    public static void AddPlainFilteredUsers(this WebApplicationBuilder builder)
    {
        builder.AddRedis();
        builder.Services.AddSingleton<PlainFilter>();
        builder.AddUsersController((action, attribute) =>
        {
            action.Filters.Remove(attribute);
            action.Filters.Add(new ServiceFilterAttribute(typeof(PlainFilter)) { IsReusable = true });
        });
    }

    public static void AddUncachedUsers(this WebApplicationBuilder builder) =>
        builder.AddUsersController((action, attribute) => action.Filters.Remove(attribute));

    public static void AddConstant(this WebApplicationBuilder builder, SubjectSettings settings)
    {
        builder.Services.AddSingleton(new ConstBody(settings.ReadBody()));
        builder.Services.AddJsonControllers().WithController<ConstController>();
    }

    private static void AddUsersController(this WebApplicationBuilder builder, Action<ActionModel, RedisCachedAttribute> change)
    {
        builder.Services.AddJsonControllers().WithController<UsersController>()
            .AddMvcOptions(mvc =>
            {
                mvc.Conventions.Add(new CachedActions(change));
                mvc.Conventions.Add(new OpenActions());
            });
    }

    private sealed class CachedActions(Action<ActionModel, RedisCachedAttribute> change) : IActionModelConvention
    {
        public void Apply(ActionModel action)
        {
            if (action.Attributes.OfType<RedisCachedAttribute>().SingleOrDefault() is { } attribute)
                change(action, attribute);
        }
    }

    /// <summary>Nobody asks who writes: what authorization costs is not compared here.</summary>
    private sealed class OpenActions : IActionModelConvention
    {
        public void Apply(ActionModel action)
        {
            foreach (var selector in action.Selectors)
            {
                foreach (var required in selector.EndpointMetadata.OfType<IAuthorizeData>().ToList())
                    selector.EndpointMetadata.Remove(required);
            }
        }
    }

    /// <summary>What <see cref="RedisCacheEvictAttribute"/> does in the application.</summary>
    private sealed class EvictOutput(string tag) : IAsyncActionFilter
    {
        public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
        {
            await next();
            if (!HttpMethods.IsGet(context.HttpContext.Request.Method))
                await context.HttpContext.RequestServices.GetRequiredService<IOutputCacheStore>().EvictByTagAsync(tag, default);
        }
    }
}

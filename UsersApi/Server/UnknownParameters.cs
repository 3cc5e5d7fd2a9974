using System.Collections.Concurrent;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace UsersApi.Server;

/// <summary>
/// Answers 400 to a query parameter that the action does not declare: most likely, the client took it for one that exists.
/// </summary>
/// <remarks>Middleware, and not a filter, which would have to run for each hit of the cache.</remarks>
internal sealed class UnknownParameters(RequestDelegate next, IProblemDetailsService problems, IModelMetadataProvider models)
{
    // The answer does not grow with the request.
    private const int MaxNamed = 20;
    private const int MaxLength = 64;

    private static readonly string[] Message = ["The operation has no parameter with this name."];

    private readonly ConcurrentDictionary<ControllerActionDescriptor, FrozenSet<string>?> _declared = new();

    public Task InvokeAsync(HttpContext context)
    {
        if (!context.Request.QueryString.HasValue
            || context.GetEndpoint()?.Metadata.GetMetadata<ControllerActionDescriptor>() is not { } action
            || _declared.GetOrAdd(action, DeclaredBy) is not { } declared)
        {
            return next(context);
        }

        var unknown = context.Request.Query.Keys.Where(name => name.Length > 0 && !declared.Contains(name)).Take(MaxNamed).ToList();
        return unknown.Count == 0 ? next(context) : RefuseAsync(context, unknown);
    }

    // Null: an object is bound from the query, and its members may be named in more ways than one.
    private FrozenSet<string>? DeclaredBy(ControllerActionDescriptor action)
    {
        var fromQuery = action.Parameters.Concat(action.BoundProperties)
            .Where(parameter => parameter.BindingInfo?.BindingSource is not { } source || source.CanAcceptDataFrom(BindingSource.Query))
            .ToList();
        return fromQuery.Any(parameter => models.GetMetadataForType(parameter.ParameterType).IsComplexType)
            ? null
            : fromQuery.Select(parameter => parameter.BindingInfo?.BinderModelName ?? parameter.Name)
                .ToFrozenSet(StringComparer.OrdinalIgnoreCase);
    }

    private Task RefuseAsync(HttpContext context, IEnumerable<string> unknown)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return problems.WriteAsync(new ProblemDetailsContext
        {
            HttpContext = context,
            ProblemDetails =
            {
                Title = "Unknown query parameters",
                Extensions = { ["errors"] = unknown.Select(Shorten).Distinct().ToDictionary(name => name, _ => Message) },
            },
        }).AsTask();
    }

    private static string Shorten(string name) => name.Length <= MaxLength ? name : name[..MaxLength];
}

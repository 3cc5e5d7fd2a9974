using System.Collections.Concurrent;
using Microsoft.AspNetCore.Mvc.Filters;

namespace UsersApi.Tests.Caching.Host;

/// <summary>Counts how often actions ran, by the path base that a test wrote before its requests.</summary>
internal sealed class RunCounter : IActionFilter, IOrderedFilter
{
    private readonly ConcurrentDictionary<string, int> _runs = new(StringComparer.Ordinal);

    // The innermost: what it counts is the action itself.
    public int Order => int.MaxValue;

    public int Of(string pathBase) => _runs.GetValueOrDefault(pathBase);

    public void OnActionExecuting(ActionExecutingContext context) =>
        _runs.AddOrUpdate(context.HttpContext.Request.PathBase.Value ?? "", 1, (_, runs) => runs + 1);

    public void OnActionExecuted(ActionExecutedContext context)
    {
        // Counted before it runs.
    }
}

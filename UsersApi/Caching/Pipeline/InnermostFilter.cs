namespace UsersApi.Caching.Pipeline;

/// <summary>
/// Inside of all other filters, so that what MVC's own code reads and flushes while it executes a result is told from what a filter does.
/// </summary>
internal sealed class InnermostFilter : IResultFilter, IOrderedFilter
{
    public int Order => int.MaxValue;

    public void OnResultExecuting(ResultExecutingContext context) => Say(context, MvcTypes.Execute(context.Result));

    public void OnResultExecuted(ResultExecutedContext context) => Say(context, isByFramework: false);

    private static void Say(FilterContext context, bool isByFramework) =>
        context.HttpContext.Features.Get<RedisCachedFeature>()?.Request.IsReadByFramework = isByFramework;
}

using Microsoft.AspNetCore.Mvc.Filters;
using Npgsql;

namespace UsersApi.Data;

/// <summary>
/// Asks for a connection before a writing action runs, and around all that evicts for it. Where none is to be had,
/// it is known that nothing was written: the request fails, and what is stored stays.
/// </summary>
/// <remarks>
/// The connection goes back to the pool at once, for the action to take it again. What is lost later than that may have been
/// committed, and evicts.
/// </remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ConnectsFirstAttribute : Attribute, IFilterFactory, IOrderedFilter
{
    // Outside of every other action filter.
    public int Order => int.MinValue;

    public bool IsReusable => true;

    public IFilterMetadata CreateInstance(IServiceProvider serviceProvider) =>
        new Filter(serviceProvider.GetRequiredService<NpgsqlDataSource>());

    private sealed class Filter(NpgsqlDataSource dataSource) : IAsyncActionFilter
    {
        public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
        {
            // What is not valid is answered without the database.
            if (context.ModelState.IsValid)
            {
                await using var connection = await dataSource.OpenConnectionAsync(context.HttpContext.RequestAborted);
            }

            await next();
        }
    }
}

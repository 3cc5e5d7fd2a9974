using System.ComponentModel.DataAnnotations;
using System.Globalization;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;

namespace UsersApi.Tests.Caching.Early;

/// <summary>How many controllers MVC has made: an early hit makes none.</summary>
internal sealed class Constructions
{
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add() => Interlocked.Increment(ref _count);
}

/// <summary>Actions of which binding, validation and filters are plain, and those of which one of them has a say each time.</summary>
[ApiController]
[Route("early")]
public sealed class EarlyController : ControllerBase
{
    public EarlyController(IServiceProvider services) => services.GetRequiredService<Constructions>().Add();

    [HttpGet("plain"), RedisCached]
    public string Plain([Range(0, 9)] int limit = 3, [StringLength(9)] string? name = null, [Even] int even = 2) => $"{limit} {name} {even}";

    [HttpGet("inner"), RedisCached, InnerFilter]
    public string Inner() => "inner";

    [HttpGet("raw"), RedisCached]
    public string Raw() => HttpContext.Features.Get<IHttpRequestFeature>()!.RawTarget;

    [HttpGet("host"), RedisCached]
    public string OwnHost() => $"{Request.Host}{Request.PathBase}";

    [HttpGet("tenant"), RedisCached]
    public string Tenant([FromRoute] string tenant) => tenant;

    [AcceptVerbs("GET", "POST", Route = "both"), RedisCached]
    public string Both() => Request.Method;

    [HttpGet("{id:int}/{name}"), RedisCached]
    public string Route(int id, string name) => $"{id} {name}";

    [HttpGet("authorization"), RedisCached, AuthorizationFilter]
    public string Authorization() => "authorization";

    [HttpGet("outer"), RedisCached, OuterFilter(Order = -1_500)]
    public string Outer() => "outer";

    [HttpGet("resource"), RedisCached, ResourceFilter]
    public string Resource() => "resource";

    [HttpGet("always"), RedisCached, AlwaysRunFilter]
    public string Always() => "always";

    [HttpGet("service"), RedisCached, ServiceFilter<OuterFilterAttribute>(Order = -1_500)]
    public string Service() => "service";

    [HttpGet("date"), RedisCached]
    public string Date(DateTime at) => at.ToString("O", CultureInfo.InvariantCulture);

    [HttpGet("header"), RedisCached]
    public string Header([FromHeader(Name = "X-Name")] string? name = null) => name ?? "";

    [HttpGet("validator"), RedisCached]
    public string Validator([AllowedByService] string name = "a") => name;

    [HttpGet("binder"), RedisCached]
    public string Binder([ModelBinder(typeof(OwnBinder))] string name) => name;
}

/// <summary>A controller that is a filter by itself.</summary>
[Route("early")]
public sealed class EarlyFilterController : ControllerBase, IActionFilter
{
    public EarlyFilterController(IServiceProvider services) => services.GetRequiredService<Constructions>().Add();

    [HttpGet("controller"), RedisCached]
    public string Own() => "controller";

    [NonAction]
    public void OnActionExecuting(ActionExecutingContext context)
    {
    }

    [NonAction]
    public void OnActionExecuted(ActionExecutedContext context)
    {
    }
}

/// <summary>A controller with a property that is bound.</summary>
[Route("early")]
public sealed class EarlyPropertyController : ControllerBase
{
    public EarlyPropertyController(IServiceProvider services) => services.GetRequiredService<Constructions>().Add();

    [FromQuery]
    public string? Name { get; set; }

    [HttpGet("property"), RedisCached]
    public string Own() => Name ?? "";
}

/// <summary>Looks at the value alone.</summary>
internal sealed class EvenAttribute : ValidationAttribute
{
    public override bool IsValid(object? value) => value is null || (value is int number && int.IsEvenInteger(number));
}

/// <summary>Asks a service, as one that looks into a database does.</summary>
internal sealed class AllowedByServiceAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        validationContext.GetRequiredService<Gate>().IsClosed ? new ValidationResult("Not now.") : ValidationResult.Success;
}

/// <summary>What filters and validators of these tests ask.</summary>
internal sealed class Gate
{
    public bool IsClosed { get; set; }

    public static IActionResult? ResultOf(HttpContext http) =>
        http.RequestServices.GetRequiredService<Gate>().IsClosed ? new StatusCodeResult(StatusCodes.Status403Forbidden) : null;
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class InnerFilterAttribute : ActionFilterAttribute;

[AttributeUsage(AttributeTargets.Method)]
internal sealed class OuterFilterAttribute : ActionFilterAttribute
{
    public override void OnActionExecuting(ActionExecutingContext context) => context.Result = Gate.ResultOf(context.HttpContext);
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class AuthorizationFilterAttribute : Attribute, IAuthorizationFilter
{
    public void OnAuthorization(AuthorizationFilterContext context) => context.Result = Gate.ResultOf(context.HttpContext);
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class ResourceFilterAttribute : Attribute, IResourceFilter
{
    public void OnResourceExecuting(ResourceExecutingContext context) => context.Result = Gate.ResultOf(context.HttpContext);

    public void OnResourceExecuted(ResourceExecutedContext context)
    {
    }
}

[AttributeUsage(AttributeTargets.Method)]
internal sealed class AlwaysRunFilterAttribute : Attribute, IAlwaysRunResultFilter, IOrderedFilter
{
    public int Order => -1_500;

    public void OnResultExecuting(ResultExecutingContext context) =>
        context.Result = Gate.ResultOf(context.HttpContext) ?? context.Result;

    public void OnResultExecuted(ResultExecutedContext context)
    {
    }
}

/// <summary>Binds what a service says, not what the target says.</summary>
internal sealed class OwnBinder(Gate gate) : IModelBinder
{
    public Task BindModelAsync(ModelBindingContext bindingContext)
    {
        bindingContext.Result = ModelBindingResult.Success(gate.IsClosed ? "closed" : "open");
        return Task.CompletedTask;
    }
}

/// <summary>Takes values from somewhere that no target tells.</summary>
internal sealed class OwnValueProviderFactory : IValueProviderFactory
{
    public Task CreateValueProviderAsync(ValueProviderFactoryContext context) => Task.CompletedTask;
}

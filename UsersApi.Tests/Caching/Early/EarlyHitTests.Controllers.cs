using System.ComponentModel.DataAnnotations;
using RangeAttribute = System.ComponentModel.DataAnnotations.RangeAttribute;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.AspNetCore.Mvc.ModelBinding;

namespace UsersApi.Tests.Caching.Early;

/// <content>Actions whose hits may leave early, and others whose hits may not.</content>
public sealed partial class EarlyHitTests
{
    /// <summary>How often a controller was made: early hits need none.</summary>
    private sealed class Made
    {
        public int Count { get; set; }
    }

    [ApiController, Route("early"), RedisCached(Seconds = 60)]
    public sealed class EarlyController : ControllerBase
    {
        public EarlyController(IServiceProvider services) => services.GetRequiredService<Made>().Count++;

        [HttpGet("plain/{id:int}")]
        public string GetPlain(int id, [Range(0, 9)] int n = 0, string? text = null) => $"{id} {n} {text}";

        [HttpGet("pure")]
        public string GetPure([Even] int n = 0) => $"{n}";

        [HttpGet("inner"), InnerFilter]
        public string GetInner() => "inner";

        [HttpGet("guarded"), GuardFilter]
        public string GetGuarded() => "guarded";

        [HttpGet("outer"), OuterFilter]
        public string GetOuter() => "outer";

        [HttpGet("resource"), ResourceFilter]
        public string GetResource() => "resource";

        [HttpGet("factory"), TypeFilter<OuterFilterAttribute>(Order = -5_000)]
        public string GetFactory() => "factory";

        [HttpGet("validated")]
        public string GetValidated([OpenHours] int n = 0) => $"{n}";

        [HttpGet("bound")]
        public string GetBound([ModelBinder(typeof(Binder))] int n = 0) => $"{n}";

        [HttpGet("date")]
        public string GetDate(DateTime at) => $"{at:O}";

        [HttpGet("header")]
        public string GetHeader([FromHeader(Name = "X-N")] int n = 0) => $"{n}";

        [HttpGet("model")]
        public string GetModel([FromQuery] Model model) => model.Name ?? "";
    }

    public sealed record Model(string? Name);

    [AttributeUsage(AttributeTargets.Parameter), StatelessValidation]
    private sealed class EvenAttribute : ValidationAttribute
    {
        public override bool IsValid(object? value) => value is int number && number % 2 == 0;
    }

    [AttributeUsage(AttributeTargets.Parameter)]
    private sealed class OpenHoursAttribute : ValidationAttribute
    {
        public static bool IsOpen { get; set; } = true;

        public override bool IsValid(object? value) => IsOpen;
    }

    private sealed class Binder : IModelBinder
    {
        public Task BindModelAsync(ModelBindingContext bindingContext)
        {
            bindingContext.Result = ModelBindingResult.Success(1);
            return Task.CompletedTask;
        }
    }

    /// <summary>Nearer to the action than the cache.</summary>
    [AttributeUsage(AttributeTargets.Method)]
    private sealed class InnerFilterAttribute : ActionFilterAttribute;

    [AttributeUsage(AttributeTargets.All)]
    private sealed class OuterFilterAttribute : ActionFilterAttribute
    {
        public OuterFilterAttribute() => Order = -5_000;

        public override void OnActionExecuting(ActionExecutingContext context)
        {
            if (context.HttpContext.Request.Headers.ContainsKey("X-Refuse"))
            {
                context.Result = new StatusCodeResult(429);
            }
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class ResourceFilterAttribute : Attribute, IResourceFilter
    {
        public void OnResourceExecuting(ResourceExecutingContext context)
        {
            if (context.HttpContext.Request.Headers.ContainsKey("X-Refuse"))
            {
                context.Result = new StatusCodeResult(429);
            }
        }

        public void OnResourceExecuted(ResourceExecutedContext context)
        {
        }
    }

    [AttributeUsage(AttributeTargets.Method)]
    private sealed class GuardFilterAttribute : Attribute, IAuthorizationFilter
    {
        public void OnAuthorization(AuthorizationFilterContext context)
        {
            if (context.HttpContext.Request.Headers.ContainsKey("X-Refuse"))
            {
                context.Result = new StatusCodeResult(401);
            }
        }
    }
}

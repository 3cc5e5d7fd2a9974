namespace UsersApi.Caching.Keys;

/// <summary>Tells the code of MVC from that of the application.</summary>
internal static class MvcTypes
{
    /// <summary>Whether it is MVC's; no type at all, as of code that was made at run time, is not.</summary>
    public static bool Include(Type? type) =>
        type?.Assembly.GetName().Name?.StartsWith("Microsoft.AspNetCore.Mvc", StringComparison.Ordinal) is true;

    /// <summary>
    /// Whether MVC's code alone executes a result. Views, results of minimal APIs and what overrides the execution run the application's,
    /// which may look at anything, and change anything.
    /// </summary>
    public static bool Execute(IActionResult result) => result is ObjectResult or JsonResult or ContentResult or FileResult
            or StatusCodeResult or EmptyResult or RedirectResult or LocalRedirectResult or RedirectToActionResult or RedirectToRouteResult
        && result.GetType().GetInterfaceMap(typeof(IActionResult)).TargetMethods
            .Append(result.GetType().GetMethod(nameof(ActionResult.ExecuteResult), [typeof(ActionContext)])!)
            .All(method => Include(method.DeclaringType));
}

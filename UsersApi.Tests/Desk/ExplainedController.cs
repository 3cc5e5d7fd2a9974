using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Desk;

/// <summary>Cached actions that the application does not have.</summary>
[ApiController]
[Route("explained")]
[ApiExplorerSettings(IgnoreApi = true)]
public sealed class ExplainedController : ControllerBase
{
    [HttpGet("anonymous")]
    [RedisCached(Seconds = 60)]
    public string Anonymous() => "for those without credentials";

    [HttpGet("problem")]
    [RedisCached(Seconds = 60, StatusCodes = [200, 404])]
    public IActionResult Missing() => NotFound();

    [HttpGet("variant")]
    [RedisCached(Seconds = 60)]
    public string Variant()
    {
        Response.Headers.Vary = "Accept-Encoding";
        return Request.Headers.AcceptEncoding.ToString();
    }

    [HttpGet("header")]
    [RedisCached(Seconds = 60)]
    public string Header() => Request.Headers["X-Flavour"].ToString();
}

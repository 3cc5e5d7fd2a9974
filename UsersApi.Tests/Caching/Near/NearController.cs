using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Tests.Caching.Near;

/// <summary>Answers with something new at every run.</summary>
[ApiController, Route("near")]
public sealed class NearController : ControllerBase
{
    [HttpGet("plain/{id:int}"), RedisCached(Seconds = 60)]
    public string GetPlain(int id) => $"{id} {Guid.NewGuid()}";

    [HttpPut("plain/{id:int}")]
    public IActionResult PutPlain(int id) => id > 0 ? NoContent() : BadRequest();
}

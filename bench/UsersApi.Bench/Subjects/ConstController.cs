using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Bench.Subjects;

/// <summary>The answer of <see cref="ConstController"/>.</summary>
internal sealed class ConstBody(byte[] bytes)
{
    public BytesResult Result { get; } = new(bytes);
}

/// <summary>The least that MVC can do: it binds nothing, and returns what it has.</summary>
[ApiController]
[Route("api/v1/users")]
public sealed class ConstController : ControllerBase
{
    private readonly ConstBody _body;

    /// <summary>MVC's way to a controller with an internal dependency.</summary>
    [ActivatorUtilitiesConstructor]
    public ConstController(IServiceProvider services) => _body = services.GetRequiredService<ConstBody>();

    [HttpGet]
    public IActionResult List() => _body.Result;
}

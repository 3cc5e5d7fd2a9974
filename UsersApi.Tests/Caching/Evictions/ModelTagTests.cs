using Microsoft.AspNetCore.Mvc;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Evictions;

/// <summary>A tag says what binding made of a route value, also where a model takes it: a client chooses the spelling.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ModelTagTests
{
    [TestCase("7", "007"), TestCase("3f2504e0-4f89-41d3-9a0c-0305e82c3301", "3F2504E0-4F89-41D3-9A0C-0305E82C3301")]
    public async Task Write_of_another_spelling_evicts(string read, string written)
    {
        await using var host = await CachedHost.StartAsync([typeof(ThingsController)]);
        var kind = read.Length == 1 ? "things" : "guids";
        string[] paths = [$"/{kind}/{read}", $"/{kind}/{read}/orders"];
        foreach (var path in paths)
            await host.ExchangeAsync("GET", path);

        Assert.That((await host.ExchangeAsync("PUT", $"/{kind}/{written}")).Status, Is.EqualTo(204));

        foreach (var path in paths)
            Assert.That((await host.ExchangeAsync("GET", path)).Outcome, Is.EqualTo("fwd=stale; stored"));
    }

    public sealed class PutThing
    {
        [FromRoute]
        public int Id { get; set; }
    }

    public sealed record PutGuid(Guid Id);

    [RedisCached(Seconds = 60)]
    public sealed class ThingsController : ControllerBase
    {
        [HttpGet("things/{id}")]
        public string Get(int id) => $"{id}";

        [HttpGet("things/{id}/orders"), RedisCached(Seconds = 60, Tags = ["thing:{id}"])]
        public string GetOrders(int id) => $"orders of {id}";

        [HttpPut("things/{id}"), RedisCacheEvict("thing:{id}")]
        public IActionResult Put(PutThing command) => command.Id == 7 ? NoContent() : BadRequest();

        [HttpGet("guids/{id}")]
        public string GetGuid(Guid id) => $"{id}";

        [HttpGet("guids/{id}/orders"), RedisCached(Seconds = 60, Tags = ["guid:{id}"])]
        public string GetOrdersOfGuid(Guid id) => $"orders of {id}";

        [HttpPut("guids/{id}"), RedisCacheEvict("guid:{id}")]
        public IActionResult PutGuid(PutGuid command) => command.Id == default ? BadRequest() : NoContent();
    }
}

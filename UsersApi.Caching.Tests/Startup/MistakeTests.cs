using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Options;
using NUnit.Framework;
using UsersApi.Caching.Tests.Host;

namespace UsersApi.Caching.Tests.Startup;

/// <summary>An attribute's mistakes stop the start, with the action's name and the remedy.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class MistakeTests
{
    [TestCase(typeof(OnPost), "does not answer GET")]
    [TestCase(typeof(TooShort), "between 1 and 31536000")]
    [TestCase(typeof(TooLong), "between 1 and 31536000")]
    [TestCase(typeof(ClientNegative), "between 0 and 31536000")]
    [TestCase(typeof(AnonymousAuthorized), "CacheAudience.PerUser, or CacheAudience.Everyone")]
    [TestCase(typeof(TagOfNothing), "{number}")]
    [TestCase(typeof(TagMalformed), "write it like")]
    [TestCase(typeof(EvictsNothing), "{number}")]
    [TestCase(typeof(EvictsModel), "{user}")]
    [TestCase(typeof(NoProfile), "add it to RedisCached:Profiles")]
    [TestCase(typeof(Partial), "take it out of StatusCodes")]
    [TestCase(typeof(NotModified), "take it out of StatusCodes")]
    [TestCase(typeof(VaryCookie), "use Audience for credentials")]
    [TestCase(typeof(VaryStar), "name one plain header each")]
    [TestCase(typeof(FromBody), "take it from the query")]
    [TestCase(typeof(HeaderBesideDictionary), "bind simple types")]
    [TestCase(typeof(OwnBinder), "bind simple types")]
    public void Mistake_stops_the_start_and_names_action_and_remedy(Type controller, string remedy)
    {
        var mistake = Assert.ThrowsAsync<InvalidOperationException>(() => CachedHost.StartAsync([controller], redis: ""));

        Assert.That(mistake!.Message, Does.Contain($"{controller.Name}.Act").And.Contain(remedy));
    }

    [Test]
    public async Task What_is_no_mistake_does_not_stop_the_start()
    {
        await using var host = await CachedHost.StartAsync([typeof(Right)], redis: "");

        Assert.That((await host.ExchangeAsync("GET", "/right/1")).Outcome, Is.EqualTo("fwd=uri-miss; stored"));
    }

    [Test]
    public void All_mistakes_are_told_at_once()
    {
        var mistake = Assert.ThrowsAsync<InvalidOperationException>(() => CachedHost.StartAsync([typeof(OnPost), typeof(Partial)], redis: ""));

        Assert.That(mistake!.Message, Does.Contain("OnPost.Act").And.Contain("Partial.Act"));
    }

    [TestCase("MaxKeyLength", "1"), TestCase("QueueEntries", "0"), TestCase("KeySecret", "short"), TestCase("Name", "two words"), TestCase("RedisCached:Profiles:X:Seconds", "0"), TestCase("RedisCached:Defaults:ClientSeconds", "-1")]
    public void Setting_out_of_range_stops_the_start_and_is_named(string name, string value)
    {
        var mistake = Assert.ThrowsAsync<OptionsValidationException>(() => CachedHost.StartAsync([typeof(Right)], new() { [name] = value }, redis: ""));

        Assert.That(mistake!.Message, Does.Contain(name.Split(':')[^1]));
    }

    public sealed record Person(string Name);

    [Route("right"), RedisCached(Seconds = 1)]
    public sealed class Right : ControllerBase
    {
        [HttpGet("{id:int}"), RedisCached(Seconds = 31_536_000, Tags = ["rights", "right:{id}"], Vary = ["X-A"])]
        public int Act(int id) => id;

        [HttpPost, RedisCacheEvict("rights")]
        public int Post() => 1;

        [Authorize, HttpGet("mine"), RedisCached(Seconds = 1, Audience = CacheAudience.PerUser)]
        public int Mine() => 1;
    }

    [Route("x")]
    public sealed class OnPost : ControllerBase
    {
        [HttpPost, RedisCached(Seconds = 1)]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class TooShort : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 0)]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class TooLong : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 31_536_001)]
        public int Act() => 1;
    }

    [Route("x"), RedisCached(Seconds = 1, ClientSeconds = -1)]
    public sealed class ClientNegative : ControllerBase
    {
        [HttpGet]
        public int Act() => 1;
    }

    [Route("x"), Authorize]
    public sealed class AnonymousAuthorized : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1)]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class TagOfNothing : ControllerBase
    {
        [HttpGet("{id}"), RedisCached(Seconds = 1, Tags = ["item:{number}"])]
        public int Act(int id) => id;
    }

    [Route("x")]
    public sealed class TagMalformed : ControllerBase
    {
        [HttpGet("{id}"), RedisCached(Seconds = 1, Tags = ["item{id}"])]
        public int Act(int id) => id;
    }

    [Route("x")]
    public sealed class EvictsNothing : ControllerBase
    {
        [HttpPut("{id}"), RedisCacheEvict("item:{number}")]
        public int Act(int id) => id;
    }

    [Route("x")]
    public sealed class EvictsModel : ControllerBase
    {
        [HttpPut, RedisCacheEvict("user:{user}")]
        public string Act([Microsoft.AspNetCore.Mvc.FromBody] Person user) => user.Name;
    }

    [Route("x")]
    public sealed class NoProfile : ControllerBase
    {
        [HttpGet, RedisCached(Profile = "nobody")]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class Partial : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1, StatusCodes = [200, 206])]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class NotModified : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1, StatusCodes = [304])]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class VaryCookie : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1, Vary = ["Cookie"])]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class VaryStar : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1, Vary = ["*"])]
        public int Act() => 1;
    }

    [Route("x")]
    public sealed class FromBody : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1)]
        public string Act([Microsoft.AspNetCore.Mvc.FromBody] Person user) => user.Name;
    }

    [Route("x")]
    public sealed class OwnBinder : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1)]
        public int Act([ModelBinder(typeof(Binder))] object thing) => thing.GetHashCode();
    }

    [Route("x")]
    public sealed class HeaderBesideDictionary : ControllerBase
    {
        [HttpGet, RedisCached(Seconds = 1)]
        public string? Act([FromQuery] Search search) => search.Text;
    }

    public sealed class Search
    {
        public Dictionary<string, string>? Map { get; set; }

        [FromHeader(Name = "X-Text")]
        public string? Text { get; set; }
    }

    internal sealed class Binder : Microsoft.AspNetCore.Mvc.ModelBinding.IModelBinder
    {
        public Task BindModelAsync(Microsoft.AspNetCore.Mvc.ModelBinding.ModelBindingContext bindingContext) => Task.CompletedTask;
    }
}

using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Filters;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace UsersApi.Bench.Subjects;

/// <summary>The filter that anyone would write: the URL is the key, one GET a request, the bytes as they are, no eviction.</summary>
internal sealed class PlainFilter(IDatabase redis, IOptions<JsonOptions> json) : IAsyncActionFilter
{
    // With the encoder that MVC takes where none is set.
    private readonly JsonSerializerOptions _json = new(json.Value.JsonSerializerOptions) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async Task OnActionExecutionAsync(ActionExecutingContext context, ActionExecutionDelegate next)
    {
        var request = context.HttpContext.Request;
        RedisKey key = RedisServiceCollectionExtensions.KeyPrefix + "plain:" + request.Path + request.QueryString;
        byte[]? stored = await redis.StringGetAsync(key);
        if (stored is not null)
        {
            context.Result = new BytesResult(stored);
            return;
        }

        var executed = await next();
        if (executed.Result is ObjectResult { Value: { } value, StatusCode: null or StatusCodes.Status200OK })
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(value, _json);
            await redis.StringSetAsync(key, body, TimeSpan.FromHours(1));
            executed.Result = new BytesResult(body);
        }
    }
}

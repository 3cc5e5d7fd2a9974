using Microsoft.AspNetCore.Mvc;

namespace UsersApi.Bench.Subjects;

/// <summary>JSON that is bytes already.</summary>
internal sealed class BytesResult(ReadOnlyMemory<byte> body) : IActionResult
{
    // One write of megabytes is slower: the server would copy it whole before the first byte leaves.
    private const int ChunkBytes = 32 * 1024;

    public Task ExecuteResultAsync(ActionContext context) => WriteAsync(context.HttpContext.Response, body);

    public static async Task WriteAsync(HttpResponse response, ReadOnlyMemory<byte> body)
    {
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.Length;
        for (; body.Length > ChunkBytes; body = body[ChunkBytes..])
            await response.Body.WriteAsync(body[..ChunkBytes]);

        await response.Body.WriteAsync(body);
    }
}

using System.Text;
using Microsoft.AspNetCore.Mvc.Formatters;

namespace UsersApi.Users;

/// <summary>Sends <see cref="UserJson"/>, byte for byte what MVC's own formatter makes of a list of users.</summary>
internal sealed class UserJsonFormatter : TextOutputFormatter
{
    public UserJsonFormatter()
    {
        SupportedMediaTypes.Add("application/json");
        SupportedMediaTypes.Add("application/*+json");
        SupportedEncodings.Add(Encoding.UTF8);
    }

    public override async Task WriteResponseBodyAsync(OutputFormatterWriteContext context, Encoding selectedEncoding)
    {
        using var users = (UserJson)context.Object!;
        var http = context.HttpContext;
        try
        {
            var all = users.Utf8;
            http.Response.ContentLength = all.Length;
            foreach (var block in all)
                await http.Response.Body.WriteAsync(block, http.RequestAborted);
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // As MVC's own: nobody is left to hear of it.
        }
    }

    protected override bool CanWriteType(Type? type) => type == typeof(UserJson);
}

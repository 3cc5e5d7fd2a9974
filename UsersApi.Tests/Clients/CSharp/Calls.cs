// A round of calls with the generated client: dotnet run URL TOKEN. It ends with 0 where each was answered as its type says.
using Microsoft.Kiota.Abstractions;
using Microsoft.Kiota.Abstractions.Authentication;
using Microsoft.Kiota.Http.HttpClientLibrary;
using UsersApi.Clients.CSharp;
using UsersApi.Clients.CSharp.Api.V1.Users;
using UsersApi.Clients.CSharp.Models;

const string email = "ada.csharp@example.com";
using var http = new HttpClientRequestAdapter(new AnonymousAuthenticationProvider()) { BaseUrl = args[0] };
var users = new UsersClient(http).Api.V1.Users;

void Authorize<T>(RequestConfiguration<T> request) where T : class, new() => request.Headers.Add("Authorization", $"Bearer {args[1]}");

static void Expect(bool isTrue, string what)
{
    if (!isTrue)
    {
        throw new InvalidOperationException($"Expected: {what}");
    }
}

var created = await users.PostAsync(new UserRequest { Email = email, FullName = "Ada" }, Authorize);
Expect(created is { Email: email, IsActive: true }, "an active user");
var user = users[created!.Id!.Value];

var read = await user.GetAsync();
Expect(read is { Version: 1, IsSuperuser: false }, "version 1");

var patched = await user.PatchAsync(new UserPatch { FullName = "Ada King" }, request =>
{
    Authorize(request);
    request.Headers.Add("If-Match", "\"1-1\"");
});
Expect(patched is { FullName: "Ada King", Version: 2, IsActive: true }, "another name, and nothing else");

try
{
    await user.PatchAsync(new UserPatch { FullName = "Ada" }, request =>
    {
        Authorize(request);
        request.Headers.Add("If-Match", "\"1-1\"");
    });
    Expect(false, "a refused write");
}
catch (ProblemDetails problem)
{
    Expect(problem.Status == 412, "a problem of a lost update");
}

var listed = await users.GetAsync(request =>
{
    request.QueryParameters.Email = email.ToUpperInvariant();
    request.QueryParameters.SortAsGetSortQueryParameterType = GetSortQueryParameterType.CreatedAt;
});
Expect(listed is [{ Version: 2 } found] && found.Id == created.Id, "the user alone");

await user.DeleteAsync(Authorize);
try
{
    await user.GetAsync();
    Expect(false, "no user");
}
catch (ProblemDetails problem)
{
    Expect(problem.Status == 404, "a problem that there is no such user");
}

using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.Diagnostics;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Users;

/// <summary>Filters and serializers go by what an action declares: nothing of it may be known to one formatter alone.</summary>
public sealed class DeclaredResultTests : SharedApiTest
{
    [SetUp]
    public Task Seed() => Seeding.SeedAsync(Api, 30);

    [TestCase("")]
    [TestCase("?limit=1")]
    [TestCase("?skip=1000")]
    [TestCase("/nocache")]
    [TestCase("/search?q=a")]
    [TestCase("/{id}")]
    public async Task An_action_returns_what_it_declares_and_any_serializer_writes_it(string path)
    {
        var id = (await Client.GetJsonAsync($"{Http.Users}/nocache?limit=1"))[0].GetProperty("id").GetString();
        using var results = new ResultWatch(Api.Services.GetRequiredService<DiagnosticListener>());

        var body = await Client.GetJsonAsync(Http.Users + path.Replace("{id}", id, StringComparison.Ordinal));
        var (declared, value, written) = results.Seen.Single();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(value, Is.InstanceOf(declared));
            Assert.That(JsonElement.DeepEquals(JsonElement.Parse(written), body), written);
        }
    }

    /// <summary>Sees each result before MVC writes it, as a result filter would, and writes it with a serializer that nobody set up.</summary>
    private sealed class ResultWatch : IObserver<KeyValuePair<string, object?>>, IDisposable
    {
        private readonly IDisposable _subscription;

        public ResultWatch(DiagnosticListener listener) =>
            _subscription = listener.Subscribe(this, (name, _, _) => name == BeforeActionResultEventData.EventName);

        public ConcurrentQueue<(Type Declared, object Value, string Written)> Seen { get; } = [];

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (value.Value is BeforeActionResultEventData { Result: ObjectResult { Value: { } result } } seen)
            {
                var action = (ControllerActionDescriptor)seen.ActionContext.ActionDescriptor;
                Seen.Enqueue((Awaited(action.MethodInfo.ReturnType), result, JsonSerializer.Serialize(result, JsonSerializerOptions.Web)));
            }
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose() => _subscription.Dispose();

        private static Type Awaited(Type type) =>
            type.GetGenericTypeDefinition() == typeof(ActionResult<>) ? type.GetGenericArguments()[0] : Awaited(type.GetGenericArguments()[0]);
    }
}

using UsersApi.Tests.Host;

namespace UsersApi.Tests.Hosting;

public sealed class HealthTests : ApiTest
{
    [Test]
    public async Task A_node_with_Postgres_is_ready()
    {
        var ready = await Client.GetJsonAsync("/health/ready");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ready.GetProperty("status").GetString(), Is.EqualTo("Healthy"));
            Assert.That(ready.GetProperty("checks").GetProperty("postgres").GetString(), Is.EqualTo("Healthy"));
        }
    }

    [Test]
    public async Task Life_depends_on_nothing() =>
        Assert.That((await Client.GetJsonAsync("/health/live")).GetRawText(), Is.EqualTo("""{"status":"Healthy","checks":{}}"""));
}

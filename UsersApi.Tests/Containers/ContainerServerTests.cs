using UsersApi.Tests.Host;

namespace UsersApi.Tests.Containers;

public sealed class ContainerServerTests
{
    private const string TooOld = "client version 1.44 is too new. Maximum supported API version is 1.41";
    private const string NoImage = "No such image: redis:7-alpine";

    [TestCase("/", 400, TooOld)]
    [TestCase("/containers/create", 404, NoImage)]
    public async Task A_container_that_does_not_start_is_reported_with_the_engine_s_words_and_what_it_takes(string path, int status, string message)
    {
        await using var engine = await EngineThatRefusesAsync(path, status, message);
        await using var servers = new ServerPair(new NamedServer("Host=named"), RedisOn(engine));

        await Assert.ThatAsync(
            servers.StartAsync,
            Throws.InvalidOperationException.With.Message.Contains(message).And.Message.Contains("Docker Engine 25 (API 1.44)"));
    }

    [Test]
    public async Task A_container_s_ports_are_published_on_the_loopback_interface_alone()
    {
        await using var engine = await EngineThatRefusesAsync("/containers/create", 404, NoImage);
        await using var redis = RedisOn(engine);

        await Assert.ThatAsync(redis.StartAsync, Throws.Exception);

        var bindings = engine.Created!["HostConfig"]!["PortBindings"]!["6379/tcp"]!.AsArray();
        Assert.That(bindings.Select(binding => (string?)binding!["HostIp"]), Is.EqualTo(["127.0.0.1"]));
    }

    private static Task<DockerEngine> EngineThatRefusesAsync(string path, int status, string message) =>
        DockerEngine.StartAsync(request => request.Path.Value!.Contains(path, StringComparison.Ordinal), status, message);

    // Without the container that cleans up after a killed run: this engine would have to make it first.
    private static ContainerServer RedisOn(DockerEngine engine) =>
        ContainerServer.Redis(builder => builder.WithDockerEndpoint(engine.Endpoint).WithCleanUp(false));
}

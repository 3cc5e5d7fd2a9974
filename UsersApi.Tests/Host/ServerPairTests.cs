using DotNet.Testcontainers.Builders;
using Moq;

namespace UsersApi.Tests.Host;

public sealed class ServerPairTests
{
    [Test]
    public async Task A_server_that_the_environment_names_is_taken_and_a_container_stands_in_for_the_other()
    {
        await using var named = ServerPair.Find(name => name == "ConnectionStrings__Redis" ? "redis.example:6379" : null);

        Assert.That(named.Redis, Is.EqualTo("redis.example:6379"));
        Assert.That(() => named.Postgres, Throws.Exception, "a container that has not started");
    }

    [Test]
    public async Task Neither_server_is_left_running_when_one_does_not_start([Values] bool postgresFails)
    {
        var failing = new Mock<ITestServer>();
        failing.Setup(server => server.StartAsync()).ThrowsAsync(new InvalidOperationException("no such image"));
        failing.Setup(server => server.DisposeAsync()).Throws(new InvalidOperationException("cannot be stopped either"));
        var starting = new Mock<ITestServer>();
        var pair = postgresFails ? new ServerPair(failing.Object, starting.Object) : new ServerPair(starting.Object, failing.Object);

        await Assert.ThatAsync(pair.StartAsync, Throws.InvalidOperationException);

        starting.Verify(server => server.DisposeAsync());
    }

    [Test]
    public async Task The_engine_s_own_words_are_found_below_what_Testcontainers_says()
    {
        const string TooOld = "client version 1.44 is too new. Maximum supported API version is 1.41";
        var ping = new DockerUnavailableException("Failed to connect to Docker endpoint.", new InvalidOperationException(TooOld));
        var server = new Mock<ITestServer>();
        server.Setup(it => it.StartAsync()).ThrowsAsync(new DockerUnavailableException("Docker is not running.", new AggregateException(ping, ping)));
        await using var pair = new ServerPair(server.Object, new NamedServer("redis.example"));

        await Assert.ThatAsync(
            pair.StartAsync,
            Throws.InvalidOperationException.With.Message.Contains($"Failed to connect to Docker endpoint. {TooOld}\n"));
    }
}

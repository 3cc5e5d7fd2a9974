namespace UsersApi.Tests.Host;

/// <summary>A test against an application of its own.</summary>
public abstract class ApiTest
{
    private protected UsersApiHost Api { get; private set; } = null!;

    private protected HttpClient Client => Api.Client;

    [SetUp]
    public async Task StartApi() => Api = await UsersApiHost.StartAsync();

    [TearDown]
    public async Task StopApi() => await Api.DisposeAsync();
}

using NUnit.Framework.Interfaces;

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

/// <summary>A test of answers alone, against an application that other tests have used before it, see <see cref="UsersApiHost.BorrowAsync"/>.</summary>
public abstract class SharedApiTest(string environment = "Development", params (string, string)[] settings)
{
    private protected UsersApiHost Api { get; private set; } = null!;

    private protected string Environment => environment;

    private protected HttpClient Client => Api.Client;

    [SetUp]
    public async Task BorrowApi() => Api = await UsersApiHost.BorrowAsync(environment, settings);

    // What failed may have left it in any state.
    [TearDown]
    public Task GiveApiBack() => TestContext.CurrentContext.Result.Outcome.Status == TestStatus.Passed
        ? Api.GiveBackAsync()
        : Api.DisposeAsync().AsTask();
}

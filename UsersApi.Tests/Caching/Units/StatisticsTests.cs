using UsersApi.Caching.Operations;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Units;

/// <summary>What Redis holds is counted whatever the prefix of its keys.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class StatisticsTests
{
    [TestCase("[shop]"), TestCase("a*b?c"), TestCase(@"back\slash")]
    public async Task Prefix_is_no_pattern(string prefix)
    {
        await using var host = await RunsController.StartAsync(
            services: services => services.AddRedisCachedOperations(), prefix: $"{prefix}:{Guid.NewGuid():N}:");
        host.Services.GetRequiredService<Runs>().AnswerFromNowOn("x");
        await host.ExchangeAsync("GET", "/runs/plain/1");
        await host.WrittenAsync();

        var found = await host.Services.GetRequiredService<CacheStatistics>().ScanAsync(100_000, ["runs/plain/{id}"], CancellationToken.None);

        Assert.That(found.Routes.Values.Sum(each => each.Entries), Is.EqualTo(1));
    }
}

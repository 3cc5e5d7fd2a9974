using FsCheck.Fluent;
using UsersApi.Tests.Caching.Keys;

namespace UsersApi.Tests.Caching.Near;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ClockCacheTests
{
    private const int Limit = 1_000;
    private const int Size = 100;

    [Test]
    public void Whatever_is_put_it_stays_within_its_limit_and_finds_what_was_put_last() => Property.Holds(
        Gen.Choose(0, 30).Two().ArrayOf(200),
        puts =>
        {
            var cache = new ClockCache<int, Sized>(Limit);
            var last = new Dictionary<int, Sized>();
            foreach (var (key, size) in puts)
            {
                last[key] = new Sized(size * 10);
                cache.Put(key, last[key], last[key].Bytes);
            }

            var found = last.Keys.Select(key => (Key: key, Value: cache.Find(key))).Where(pair => pair.Value is not null).ToList();
            return found.Sum(pair => pair.Value!.Bytes) <= Limit && found.All(pair => ReferenceEquals(pair.Value, last[pair.Key]));
        },
        tests: 300);

    [Test]
    public void Flood_of_what_is_put_once_pushes_out_nothing()
    {
        var cache = Full();

        for (var key = 1_000; key < 100_000; key++)
            Put(cache, key);

        Assert.That(Found(cache, 0, 10), Has.Length.EqualTo(10));
    }

    [Test]
    public void What_is_put_again_soon_takes_the_place_of_what_nobody_used()
    {
        var cache = Full();
        Found(cache, 0, 5);

        foreach (var key in Enumerable.Range(100, 5))
        {
            Put(cache, key);
            Assert.That(cache.Find(key), Is.Null);
            Put(cache, key);
        }

        Assert.That((Found(cache, 0, 5), Found(cache, 5, 5), Found(cache, 100, 5)), Is.EqualTo((Keys(0, 5), Keys(5, 0), Keys(100, 5))));
    }

    [Test]
    public void What_was_used_goes_too_once_nobody_uses_it_any_more()
    {
        var cache = Full();
        Found(cache, 0, 10);

        for (var round = 0; round < 20; round++)
        {
            foreach (var key in Keys(100, 10))
                Put(cache, key);
        }

        Assert.That((Found(cache, 0, 10), Found(cache, 100, 10)), Is.EqualTo((Keys(0, 0), Keys(100, 10))));
    }

    [Test]
    public void Many_at_once_stay_within_the_limit_and_get_what_was_put_under_their_key()
    {
        var cache = new ClockCache<int, string>(Limit);

        Parallel.For(0, 200_000, i =>
        {
            var key = i * 7 % 50;
            if (cache.Find(key) is { } found)
                Assert.That(found, Is.EqualTo($"{key}"));
            else
                cache.Put(key, $"{key}", Size);
        });

        Assert.That(Enumerable.Range(0, 50).Count(key => cache.Find(key) is not null), Is.EqualTo(10));
    }

    private static ClockCache<int, Sized> Full()
    {
        var cache = new ClockCache<int, Sized>(Limit);
        foreach (var key in Keys(0, 10))
            Put(cache, key);

        return cache;
    }

    private static void Put(ClockCache<int, Sized> cache, int key) => cache.Put(key, new Sized(Size), Size);

    private static int[] Keys(int first, int count) => [.. Enumerable.Range(first, count)];

    private static int[] Found(ClockCache<int, Sized> cache, int first, int count) => [.. Keys(first, count).Where(key => cache.Find(key) is not null)];

    private sealed record Sized(int Bytes);
}

using FsCheck;
using FsCheck.Fluent;
using Microsoft.Extensions.Time.Testing;
using UsersApi.Tests.Caching.Host;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed class UserIdsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Test]
    public void Ids_ascend_whether_the_clock_stands_still_goes_back_or_advances() =>
        Prop.ForAll<int[]>(steps =>
        {
            var clock = new ManualTime();
            var ids = new UserIds(clock);
            var made = new List<Guid>();
            foreach (var step in steps)
            {
                clock.WallClockOffset += TimeSpan.FromMilliseconds(step);
                made.AddRange(Enumerable.Range(0, 5).Select(_ => ids.Next()));
            }

            return Ascend(made) && made.TrueForAll(IsVersion7);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void An_id_holds_the_time_at_which_it_was_made()
    {
        var clock = new FakeTimeProvider(Start);
        var ids = new UserIds(clock);
        ids.Next();
        clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.That(MillisecondsOf(ids.Next()), Is.EqualTo(Start.ToUnixTimeMilliseconds() + 1));
    }

    [Test]
    public void Ids_of_one_millisecond_do_not_tell_each_other()
    {
        var ids = new UserIds(new FakeTimeProvider(Start));
        var made = Enumerable.Range(0, 1_000).Select(_ => ids.Next()).ToList();
        var gaps = made.Zip(made.Skip(1)).Select(pair => NumberOf(pair.Second) - NumberOf(pair.First)).ToHashSet();

        Assert.That(gaps, Has.Count.EqualTo(999), "who knows one id cannot count to the next");
    }

    [Test]
    public void A_million_ids_of_one_millisecond_still_ascend()
    {
        var ids = new UserIds(new FakeTimeProvider(Start));
        var made = Enumerable.Range(0, 1_000_000).Select(_ => ids.Next()).ToList();

        Assert.That(Ascend(made) && made.TrueForAll(IsVersion7), Is.True);
    }

    [Test]
    public void Many_at_once_make_no_id_twice_and_each_makes_them_in_order()
    {
        var ids = new UserIds(new FakeTimeProvider(Start));
        var made = Enumerable.Range(0, 8).AsParallel().Select(_ => Enumerable.Range(0, 10_000).Select(_ => ids.Next()).ToList()).ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(made.SelectMany(some => some).ToHashSet(), Has.Count.EqualTo(80_000));
            Assert.That(made.TrueForAll(Ascend), Is.True);
        }
    }

    // As Postgres compares uuids: byte by byte.
    private static bool Ascend(List<Guid> ids) => ids
        .Select(id => id.ToByteArray(bigEndian: true))
        .Zip(ids.Skip(1).Select(id => id.ToByteArray(bigEndian: true)))
        .All(pair => pair.First.AsSpan().SequenceCompareTo(pair.Second) < 0);

    private static bool IsVersion7(Guid id) => id.Version == 7 && id.Variant is >= 8 and <= 11;

    private static UInt128 NumberOf(Guid id) => UInt128.Parse(id.ToString("N"), System.Globalization.NumberStyles.HexNumber, null);

    private static long MillisecondsOf(Guid id) => (long)(NumberOf(id) >> 80);
}

using FsCheck.Fluent;
using UsersApi.Tests.Caching.Keys;

namespace UsersApi.Tests.Caching.Units;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class CapturedBytesTests
{
    private const int Cap = 1_000_000;

    [Test]
    public void What_was_taken_in_comes_out_whole_and_in_order_however_it_was_cut() => Property.Holds(
        Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(0, 150_000)).ArrayOf(6),
        lengths =>
        {
            var expected = BytesOf(lengths.Sum());
            using var client = new MemoryStream();
            var captured = Over(client);
            var from = 0;
            foreach (var length in lengths)
            {
                if (!captured.TryTake(expected.AsSpan(from, length), out _))
                    return false;

                from += length;
            }

            return captured.TakeAll().Span.SequenceEqual(expected) && client.Length == 0;
        },
        tests: 100);

    [Test]
    public async Task What_streams_arrives_whole_and_in_order_however_it_was_cut([Values(0, 1, Cap)] int taken, [Values(0, 1, Cap)] int after)
    {
        var expected = BytesOf(taken + 1 + after);
        using var client = new MemoryStream();
        var captured = Over(client);
        Assert.That(captured.TryTake(expected.AsSpan(0, taken), out _), Is.True);

        await captured.SendAsync(CacheOutcome.TooLarge, expected.AsMemory(taken, 1), CancellationToken.None);
        Assert.That(captured.TryTake(expected.AsSpan(taken + 1), out var why), Is.False);
        await captured.SendAsync(why, expected.AsMemory(taken + 1), CancellationToken.None);

        Assert.That(client.ToArray(), Is.EqualTo(expected));
    }

    [Test]
    public async Task What_an_action_writes_after_its_end_reaches_neither_its_client_nor_another_response()
    {
        using var client = new MemoryStream();
        var over = Over(client);
        over.TryTake("own"u8, out _);
        over.TakeAll();
        var next = Over(client);
        next.TryTake("next"u8, out _);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(over.TryTake("late"u8, out _), Is.True);
            await over.SendAsync(CacheOutcome.Streamed, "flushed"u8.ToArray(), CancellationToken.None);
            Assert.That(over.IsStreaming, Is.False);
            Assert.That(client.Length, Is.Zero);
            Assert.That(next.TakeAll().ToArray(), Is.EqualTo("next"u8.ToArray()));
        }
    }

    private static CapturedBytes Over(Stream client) => new(new DefaultHttpContext().Response, () => client, Cap, _ => true);

    private static byte[] BytesOf(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 31 / 7))];
}

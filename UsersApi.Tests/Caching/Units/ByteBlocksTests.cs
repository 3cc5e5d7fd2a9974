using FsCheck.Fluent;
using UsersApi.Tests.Caching.Keys;

namespace UsersApi.Tests.Caching.Units;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ByteBlocksTests
{
    [Test]
    public void What_was_added_comes_out_whole_and_in_order_however_it_was_cut([Values(-7, 0, 7)] int untold, [Values] bool isTold) => Property.Holds(
        Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(0, 200_000)).ArrayOf(6),
        lengths =>
        {
            var expected = Enumerable.Range(0, lengths.Sum()).Select(i => (byte)(i * 31 / 7)).ToArray();
            var blocks = new ByteBlocks(isTold ? Math.Max(0, expected.Length - untold) : 0);
            foreach (var length in lengths)
                blocks.Add(expected.AsSpan(blocks.Length, length));

            return blocks.Length == expected.Length && blocks.ToArray().AsSpan().SequenceEqual(expected);
        },
        tests: 100);
}

using FsCheck;
using FsCheck.Fluent;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed class RowVersionsTests
{
    [Test]
    public void The_tags_of_versions_allow_these_versions() =>
        Prop.ForAll<PositiveInt[]>(versions =>
        {
            long[] expected = [.. versions.Select(version => (long)version.Get)];
            var header = string.Join(", ", expected.Select(RowVersions.ToETag));
            return RowVersions.TryParse(header, out var allowed) && (expected.Length == 0 ? allowed is null : allowed!.SequenceEqual(expected));
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Weak_and_foreign_tags_allow_nothing()
    {
        Assert.That(RowVersions.TryParse("W/\"1-1\", \"abc\", \"1-01\", \"1\", \"0-1\", \"2-1\", \"01-1\", \"1-1-1\", \"1--1\", \"1-\", \"-1\"", out var allowed), Is.True);
        Assert.That(allowed, Is.Empty);
    }
}

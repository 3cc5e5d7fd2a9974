using System.ComponentModel.DataAnnotations;
using FsCheck;
using FsCheck.Fluent;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

public sealed class SeedUsersTests
{
    private const int Many = 100_000;

    private static readonly Arbitrary<long> Numbers = Gen.Choose(0, (int)SeedUsers.Numbers - 1).Select(number => (long)number).ToArbitrary();

    [Test]
    public void A_number_always_gives_the_same_user() =>
        Prop.ForAll(Numbers, number => SeedUsers.Create(number) == SeedUsers.Create(number)).QuickCheckThrowOnFailure();

    [Test]
    public void The_first_user_is_the_same_in_every_build() =>
        Assert.That(SeedUsers.Create(0).Email, Is.EqualTo("ravi1.jones@example.org"));

    [Test]
    public void An_id_tells_its_number() =>
        Prop.ForAll(Numbers, number => SeedUsers.ToNumber(SeedUsers.Create(number).Id) == number).QuickCheckThrowOnFailure();

    [Test]
    public void Every_user_is_one_that_the_API_would_take() =>
        Prop.ForAll(Numbers, number =>
        {
            var user = SeedUsers.Create(number);
            var request = new UserRequest { Email = user.Email, FullName = user.FullName };
            return Validator.TryValidateObject(request, new ValidationContext(request), null, validateAllProperties: true)
                && user.Id.Version == 7
                && user.CreatedAt.Kind == DateTimeKind.Utc;
        }).QuickCheckThrowOnFailure();

    [Test]
    public void Ids_and_emails_are_unique_and_ids_ascend()
    {
        var users = Enumerable.Range(0, Many).Select(number => SeedUsers.Create(number)).ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(users.Select(user => user.Email).ToHashSet(StringComparer.OrdinalIgnoreCase), Has.Count.EqualTo(Many));
            Assert.That(users.Zip(users.Skip(1)).All(pair => pair.First.Id < pair.Second.Id), Is.True);
        }
    }

    [Test]
    public void Seeded_ids_lie_below_those_that_the_API_makes() =>
        Assert.That(SeedUsers.UpperBound, Is.LessThan(Guid.CreateVersion7(new DateTimeOffset(2025, 1, 1, 0, 0, 0, TimeSpan.Zero))));

    [Test]
    public void They_look_like_people()
    {
        var users = Enumerable.Range(0, 10_000).Select(number => SeedUsers.Create(number)).ToList();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(users.Select(user => user.FullName).Distinct().Count(), Is.GreaterThan(2_000));
            Assert.That(users.Count(user => user.FullName is null), Is.InRange(100, 300));
            Assert.That(users.Count(user => !user.IsActive), Is.InRange(800, 1200));
            Assert.That(users.Count(user => user.IsSuperuser), Is.InRange(2, 30));
        }
    }
}

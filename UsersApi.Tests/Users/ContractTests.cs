using System.Text;
using UsersApi.Users;

namespace UsersApi.Tests.Users;

/// <summary>The contract of a user by revisions. A change of it is a new line and a new revision; a line that was released stays.</summary>
public sealed class ContractTests
{
    private static readonly Dictionary<int, (string Members, string Json)> Revisions = new()
    {
        [1] = (
            "Guid Id, String Email, String FullName, Boolean IsActive, Boolean IsSuperuser, DateTime CreatedAt, DateTime UpdatedAt, Int64 Version",
            """
            {"id":"0125e72e-ab51-7daf-a706-dd2f4d197e6f","email":"ravi1.jones@example.org","fullName":"Ravi Jones","isActive":true,"isSuperuser":false,"createdAt":"2010-01-01T00:00:13.137Z","updatedAt":"2010-01-01T00:00:13.137Z","version":1}
            """),
    };

    [Test]
    public void Members_change_with_the_revision_that_is_in_every_tag()
    {
        var members = string.Join(", ", typeof(UserResponse).GetProperties().Select(member => $"{member.PropertyType.Name} {member.Name}"));

        Assert.That(members, Is.EqualTo(Revisions[RowVersions.Contract].Members), $"raise {nameof(RowVersions)}.{nameof(RowVersions.Contract)}");
    }

    [Test]
    public void The_representation_changes_with_the_revision_that_is_in_every_tag()
    {
        using var users = new UserJson();
        users.Add(SeedUsers.Create(0));

        Assert.That(
            Encoding.UTF8.GetString(users.Complete().Utf8),
            Is.EqualTo($"[{Revisions[RowVersions.Contract].Json}]"),
            $"raise {nameof(RowVersions)}.{nameof(RowVersions.Contract)}");
    }

    [Test]
    public void The_revision_is_the_newest_one() => Assert.That(Revisions.Keys.Max(), Is.EqualTo(RowVersions.Contract));
}

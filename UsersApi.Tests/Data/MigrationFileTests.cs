using UsersApi.Data;

namespace UsersApi.Tests.Data;

public sealed class MigrationFileTests
{
    [Test]
    public void Only_the_up_section_is_run()
    {
        var migration = Migration.Parse("0007_x.sql", "-- a comment\n-- migrate:up\nSELECT 1;\n\n-- migrate:down\nSELECT 2;\n");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(migration.Version, Is.EqualTo("0007"));
            Assert.That(migration.Sql, Is.EqualTo("SELECT 1;"));
        }
    }

    [Test]
    public void A_down_section_is_not_needed() =>
        Assert.That(Migration.Parse("1_x.sql", "-- migrate:up\nSELECT 1").Sql, Is.EqualTo("SELECT 1"));

    [Test]
    public void Line_ends_do_not_change_the_checksum()
    {
        const string Text = "-- migrate:up\nSELECT 1;\n-- migrate:down\n";

        Assert.That(
            Migration.Parse("1_x.sql", Text.ReplaceLineEndings("\r\n")),
            Is.EqualTo(Migration.Parse("1_x.sql", Text)));
    }

    [TestCase("create.sql", "-- migrate:up\n", "must be named")]
    [TestCase("1_x.sql", "SELECT 1", "must begin with one line")]
    [TestCase("1_x.sql", "-- migrate:down\n-- migrate:up\n", "must begin with one line")]
    [TestCase("1_x.sql", "-- migrate:up\n-- migrate:up\n", "must begin with one line")]
    [TestCase("1_x.sql", "-- migrate:up transaction:false\n", "transaction:false")]
    public void What_cannot_be_understood_is_refused(string fileName, string text, string reason) =>
        Assert.That(() => Migration.Parse(fileName, text), Throws.TypeOf<MigrationException>().With.Message.Contains(reason));
}

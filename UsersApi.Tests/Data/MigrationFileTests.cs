using UsersApi.Data;

namespace UsersApi.Tests.Data;

public sealed class MigrationFileTests
{
    [Test]
    public void The_whole_file_is_run_and_its_name_says_which_version_it_is()
    {
        var migration = Migration.Parse("0007_x.sql", "-- a comment\nSELECT 1;\n");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(migration.Version, Is.EqualTo("0007"));
            Assert.That(migration.Sql, Is.EqualTo("-- a comment\nSELECT 1;\n"));
        }
    }

    [Test]
    public void Line_ends_do_not_change_the_checksum()
    {
        const string Text = "SELECT 1;\nSELECT 2;\n";

        Assert.That(
            Migration.Parse("1_x.sql", Text.ReplaceLineEndings("\r\n")),
            Is.EqualTo(Migration.Parse("1_x.sql", Text)));
    }

    [TestCase("create.sql", "SELECT 1", "must be named")]
    [TestCase("1_x.sql", "SELECT 1;\n-- migrate:down\nSELECT 2;\n", "has a section '-- migrate:down'")]
    [TestCase("1_x.sql", "SELECT 1;\r\n--migrate:down\r\nSELECT 2;\r\n", "has a section '-- migrate:down'")]
    public void What_must_not_run_is_refused(string fileName, string text, string reason) =>
        Assert.That(() => Migration.Parse(fileName, text), Throws.TypeOf<MigrationException>().With.Message.Contains(reason));
}

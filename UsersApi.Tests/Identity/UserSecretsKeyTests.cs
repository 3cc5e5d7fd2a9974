using UsersApi.Identity;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Identity;

public sealed class UserSecretsKeyTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string SecretsFile => TestTokens.SecretsFile(_folder);

    [TearDown]
    public void DeleteFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void It_is_made_once_for_all_who_start_at_the_same_time([Range(1, 10)] int attempt)
    {
        var keys = new string[32];
        Parallel.For(0, keys.Length, i => keys[i] = Read());

        using (Assert.EnterMultipleScope())
        {
            Assert.That(keys, Is.All.EqualTo(Read()), $"attempt {attempt}");
            Assert.That(
                Directory.GetFiles(_folder, "*", SearchOption.AllDirectories),
                Is.EqualTo(new[] { SecretsFile }),
                "nothing unfinished is left");
        }
    }

    [Test]
    [Platform("Linux")]
    public void Nobody_else_may_read_it()
    {
        Read();

        // The analyzer does not know the attribute above.
#pragma warning disable CA1416
        Assert.That(File.GetUnixFileMode(SecretsFile), Is.EqualTo(UnixFileMode.UserRead | UnixFileMode.UserWrite));
#pragma warning restore CA1416
    }

    [Test]
    public void Other_secrets_and_keys_of_other_issuers_stay()
    {
        const string Others = """{"Other":"secret","Authentication:Schemes:Bearer:SigningKeys":[{"Issuer":"other","Value":"AAAA"}],}""";
        Write($"// mine\n{Others}");
        var key = Read();
        var secrets = new ConfigurationBuilder().AddJsonFile(SecretsFile).Build();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(secrets["Other"], Is.EqualTo("secret"));
            Assert.That(secrets["Authentication:Schemes:Bearer:SigningKeys:0:Value"], Is.EqualTo("AAAA"));
            Assert.That(secrets["Authentication:Schemes:Bearer:SigningKeys:1:Value"], Is.EqualTo(key));
        }
    }

    [TestCase("not a key", "has no key that signs tokens")]
    [TestCase("dG9vIHNob3J0", "has a key of less than 256 bits")]
    [TestCase("", "has no key that signs tokens")]
    public async Task A_damaged_one_is_not_replaced_behind_its_users_back(string value, string reason)
    {
        var damaged = $$"""{"Authentication:Schemes:Bearer:SigningKeys":[{"Issuer":"dotnet-user-jwts","Value":"{{value}}"}]}""";
        Write(damaged);
        var result = await ApiProgram.RunAsync([("ASPNETCORE_ENVIRONMENT", "Development"), ("APPDATA", _folder)], "token");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(result.ExitCode, Is.EqualTo(1));
            Assert.That(result.Error.TrimEnd(), Does.Contain(reason).And.Contain("dotnet user-jwts key --reset").And.Not.Contain("\n"));
            Assert.That(await File.ReadAllTextAsync(SecretsFile), Is.EqualTo(damaged));
        }
    }

    private string Read() => Convert.ToBase64String(UserSecretsKey.ReadOrMake(SecretsFile, "dotnet-user-jwts"));

    private void Write(string secrets)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(SecretsFile)!);
        File.WriteAllText(SecretsFile, secrets);
    }
}

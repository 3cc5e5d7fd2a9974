using System.Security.Cryptography;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;
using UsersApi.Hosting;

namespace UsersApi.Identity;

/// <summary>Signs and checks the tokens of Development. It is made once, for this user of this machine, and never in the repository.</summary>
internal sealed class DevelopmentKey(IOptions<BearerOptions> options)
{
    private const int Bytes = 32;

    private readonly Lazy<SymmetricSecurityKey> _key = new(() => new SymmetricSecurityKey(ReadOrMake(options.Value.DevelopmentKeyFile ?? DefaultPath())));

    public SymmetricSecurityKey Key => _key.Value;

    private static string DefaultPath() =>
        Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create) is { Length: > 0 } folder
            ? Path.Combine(folder, "users-api", "development.key")
            : throw new StartupException("There is no folder for the key that signs Development's tokens: set Authentication__DevelopmentKeyFile.");

    private static byte[] ReadOrMake(string path)
    {
        try
        {
            if (!File.Exists(path))
            {
                Make(path);
            }

            var key = Convert.FromBase64String(File.ReadAllText(path));
            return key.Length >= Bytes ? key : throw new FormatException();
        }
        catch (FormatException)
        {
            throw new StartupException($"{path} is no key that signs Development's tokens: delete it, and the next start makes another.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new StartupException($"The key that signs Development's tokens cannot be kept: {error.Message} Authentication__DevelopmentKeyFile may name another file.");
        }
    }

    // Under another name first: who starts at the same time finds the whole key, or none.
    private static void Make(string path)
    {
        var unfinished = $"{path}.{Guid.NewGuid():n}";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using (var file = new FileStream(unfinished, ForThisUserAlone()))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes))));
        }

        try
        {
            File.Move(unfinished, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(unfinished);
        }
    }

    private static FileStreamOptions ForThisUserAlone()
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}

using System.Security.Cryptography;
using System.Text;
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
                MakeOnce(path);
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

    // Who starts at the same time waits for the one that makes it: a move that does not overwrite is not atomic everywhere.
    private static void MakeOnce(string path)
    {
        using var turn = new Mutex(false, "users-api-development-key", new NamedWaitHandleOptions { CurrentUserOnly = true, CurrentSessionOnly = false });
        try
        {
            turn.WaitOne();
        }
        catch (AbandonedMutexException)
        {
            // Whoever was killed in its turn left it to us.
        }

        try
        {
            if (!File.Exists(path))
            {
                Make(path);
            }
        }
        finally
        {
            turn.ReleaseMutex();
        }
    }

    // Under another name first: who only looks finds the whole key, or none.
    private static void Make(string path)
    {
        var unfinished = $"{path}.{Guid.NewGuid():n}";
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        using (var file = new FileStream(unfinished, ForThisUserAlone()))
        {
            file.Write(Encoding.ASCII.GetBytes(Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes))));
        }

        File.Move(unfinished, path);
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

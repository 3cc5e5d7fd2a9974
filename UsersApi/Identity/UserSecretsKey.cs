using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Configuration.UserSecrets;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.Tokens;

namespace UsersApi.Identity;

/// <summary>
/// The key that signs Development's tokens, made where there is none, and where <c>dotnet user-jwts</c> looks for it and would put it:
/// in this user's secrets. So the tool, <c>UsersApi token</c> and the server agree, whichever of them comes first.
/// </summary>
internal static class UserSecretsKey
{
    private const string Section = $"{BearerServiceCollectionExtensions.Section}:SigningKeys";
    private const int Bytes = 32;

    /// <exception cref="OptionsValidationException">The key cannot be read, or there is no place to keep one.</exception>
    public static void Add(TokenValidationParameters rules, string issuer)
    {
        try
        {
            // What the configuration has is read again for each token.
            if (!rules.IssuerSigningKeys.Any())
            {
                var id = typeof(UserSecretsKey).Assembly.GetCustomAttribute<UserSecretsIdAttribute>()!.UserSecretsId;
                rules.IssuerSigningKey = new SymmetricSecurityKey(ReadOrMake(PathHelper.GetSecretsPathFromSecretsId(id), issuer));
            }
        }
        catch (Exception error) when (error is FormatException or ArgumentException)
        {
            throw Invalid($"{Section} has no key that signs tokens ({error.Message}): `dotnet user-jwts key --reset` makes another.");
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw Invalid($"The key that signs Development's tokens cannot be kept in the user secrets below HOME: {error.Message}");
        }

        static OptionsValidationException Invalid(string message) =>
            new(BearerServiceCollectionExtensions.Scheme, typeof(JwtBearerOptions), [message]);
    }

    public static byte[] ReadOrMake(string path, string issuer)
    {
        // Who starts at the same time waits for the one that makes it.
        var ours = new NamedWaitHandleOptions { CurrentUserOnly = true, CurrentSessionOnly = false };
        using var turn = new Mutex(false, "users-api-development-key", ours);
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
            return Convert.FromBase64String(Read(path, issuer) ?? Make(path, issuer));
        }
        finally
        {
            turn.ReleaseMutex();
        }
    }

    private static string? Read(string path, string issuer) =>
        new ConfigurationBuilder().AddJsonFile(path, optional: true).Build()
            .GetSection(Section).GetChildren().FirstOrDefault(key => key["Issuer"] == issuer)?["Value"];

    // In the shape that user-jwts gives it, beside what else is there.
    // Under another name first: who only looks finds the whole, or nothing.
    private static string Make(string path, string issuer)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(Bytes));
        var lenient = new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
        var secrets = File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path), documentOptions: lenient)!.AsObject() : [];
        if (secrets[Section] is not JsonArray keys)
        {
            secrets[Section] = keys = [];
        }

        var id = Guid.NewGuid().ToString("n")[..8];
        keys.Add(new JsonObject { ["Id"] = id, ["Issuer"] = issuer, ["Value"] = key, ["Length"] = Bytes });

        var unfinished = $"{path}.{Guid.NewGuid():n}";
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using (var file = new StreamWriter(unfinished, ForThisUserAlone()))
        {
            file.Write(secrets.ToJsonString());
        }

        File.Move(unfinished, path, overwrite: true);
        return key;
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

using System.Globalization;
using System.Text.Json;

namespace UsersApi.Tests.Coherence;

/// <summary>A user as a response shows it.</summary>
/// <param name="User">Which user, by the id; below 0 if it is none of ours.</param>
/// <param name="Name">The full name, which tells user and write.</param>
/// <param name="Version">The row's version.</param>
internal readonly record struct Sighting(int User, string Name, long Version)
{
    /// <summary>Reads one user, or an array of them.</summary>
    public static List<Sighting> Parse(ReadOnlySpan<byte> body)
    {
        var sightings = new List<Sighting>(Population.Count);
        var json = new Utf8JsonReader(body);
        Sighting current = default;
        while (json.Read())
        {
            if (json.TokenType is JsonTokenType.EndObject)
            {
                sightings.Add(current);
            }
            else if (json.TokenType is JsonTokenType.PropertyName)
            {
                current = ReadMember(ref json, current);
            }
        }

        return sightings;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"user {User} named {Name} at version {Version}");

    private static Sighting ReadMember(ref Utf8JsonReader json, Sighting current)
    {
        var (isId, isName, isVersion) = (json.ValueTextEquals("id"u8), json.ValueTextEquals("fullName"u8), json.ValueTextEquals("version"u8));
        json.Read();
        return isId ? current with { User = Population.IndexOf(json.GetGuid()) }
            : isName ? current with { Name = json.GetString()! }
            : isVersion ? current with { Version = json.GetInt64() }
            : current;
    }
}

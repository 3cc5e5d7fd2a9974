using System.ComponentModel.DataAnnotations;

namespace UsersApi.Desk;

/// <summary>What is to be evicted.</summary>
public sealed class EvictionRequest : IValidatableObject
{
    private const int MaxTags = 100;
    private const int TagLength = 200;
    private const int KeyLength = 8_192;

    /// <summary>As the attributes name them, with values in place of arguments. `all` is on every response.</summary>
    /// <example>["users", "user:0195d3a0-7c00-7a3e-8f4b-2f0c5a1d9e77"]</example>
    [MaxLength(MaxTags)]
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Paths, of which every response goes, whatever its query.</summary>
    /// <example>["/api/v1/users"]</example>
    [MaxLength(MaxTags)]
    public IReadOnlyList<string> Paths { get; init; } = [];

    /// <summary>Keys as an explanation names them; every response of the same path goes with them.</summary>
    /// <example>["get:/api/v1/users:limit=20&amp;skip=0"]</example>
    [MaxLength(MaxTags)]
    public IReadOnlyList<string> Keys { get; init; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
    [
        .. Tags.Count + Paths.Count + Keys.Count > 0
            ? Array.Empty<ValidationResult>()
            : [new ValidationResult("There is nothing to evict.", ["tags"])],
        .. Mistakes(Tags, TagLength, "tags"), .. Mistakes(Paths, KeyLength, "paths"), .. Mistakes(Keys, KeyLength, "keys"),
    ];

    private static IEnumerable<ValidationResult> Mistakes(IReadOnlyList<string> all, int length, string name) =>
        all.Any(one => one is not { Length: > 0 } || one.Length > length || one.Any(char.IsControl))
            ? [new ValidationResult($"Each has 1 to {length} characters, none of them a control character.", [name])]
            : [];
}

using System.ComponentModel.DataAnnotations;

namespace UsersApi.Hosting;

/// <summary>What is to be evicted.</summary>
public sealed class EvictionRequest : IValidatableObject
{
    private const int MaxTags = 100;
    private const int TagLength = 200;

    /// <summary>Tags such as `users` (all lists) and `user:` with an id (one user). `all` evicts everything.</summary>
    /// <example>["users", "user:0195d3a0-7c00-7a3e-8f4b-2f0c5a1d9e77"]</example>
    [MinLength(1)]
    [MaxLength(MaxTags)]
    public required IReadOnlyList<string> Tags { get; init; }

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Tags.Any(tag => tag is not { Length: > 0 and <= TagLength })
            ? [new ValidationResult($"Each tag has 1 to {TagLength} characters.", ["tags"])]
            : [];
}

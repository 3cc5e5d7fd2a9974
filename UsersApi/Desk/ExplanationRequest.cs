using System.ComponentModel.DataAnnotations;

namespace UsersApi.Desk;

/// <summary>A request that is to be explained.</summary>
public sealed class ExplanationRequest
{
    /// <summary>Path and query, as a client would send them.</summary>
    /// <example>/api/v1/users?limit=20</example>
    [Required]
    [RegularExpression("/[!-~]{0,8191}", ErrorMessage =
        "A target begins with a slash, and is written as in a request: in ASCII, without spaces.")]
    public required string Target { get; init; }

    /// <summary>Headers of the request, as `Accept` or `Authorization`.</summary>
    [MaxLength(64)]
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether a miss runs the action, to see whether its answer could be stored.</summary>
    public bool RunAction { get; init; } = true;
}

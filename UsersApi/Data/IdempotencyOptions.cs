using System.ComponentModel.DataAnnotations;

namespace UsersApi.Data;

/// <summary>How long answers to requests with an <c>Idempotency-Key</c> are kept: section <c>Idempotency</c>.</summary>
public sealed class IdempotencyOptions
{
    public const string Section = "Idempotency";

    /// <summary>Hours for which a repeated request gets the first answer: 1 to 720. After them it is a new request.</summary>
    [Range(1, 720)]
    public int KeepHours { get; set; } = 24;
}

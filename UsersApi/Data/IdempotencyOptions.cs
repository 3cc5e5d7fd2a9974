using System.ComponentModel.DataAnnotations;

namespace UsersApi.Data;

/// <summary>How long answers to requests with an <c>Idempotency-Key</c> are kept: section <c>Idempotency</c>.</summary>
public sealed class IdempotencyOptions
{
    public const string Section = "Idempotency";

    /// <summary>For how long a repeated request gets the first answer: 1 hour to 30 days. After that it is a new request.</summary>
    [Range(typeof(TimeSpan), "01:00:00", "30.00:00:00")]
    public TimeSpan KeepFor { get; set; } = TimeSpan.FromDays(1);
}

namespace UsersApi.Data;

/// <summary>A request with an <c>Idempotency-Key</c> was not carried out, because another one with that key is or was.</summary>
/// <param name="isRunning">True where the other is still running; false where it was another request.</param>
internal sealed class RepeatedRequestException(bool isRunning) : Exception("The idempotency key is in use.")
{
    public bool IsRunning { get; } = isRunning;
}

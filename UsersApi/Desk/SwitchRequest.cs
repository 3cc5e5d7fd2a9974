namespace UsersApi.Desk;

/// <summary>Whether the cache is to be on.</summary>
public sealed class SwitchRequest
{
    /// <summary>False lets every action run.</summary>
    public required bool Enabled { get; init; }
}

namespace UsersApi.Caching.Versions;

/// <summary>
/// The versions of an entry's tags, in the order of its tags, in one epoch of one Redis. An entry is served only while its
/// stamp equals the current one.
/// </summary>
/// <param name="Epoch">The run of the Redis that the versions come from.</param>
/// <param name="Tokens">One version for each tag.</param>
internal sealed record Stamp(string Epoch, IReadOnlyList<string> Tokens)
{
    public bool Equals(Stamp? other) =>
        other is not null && Epoch == other.Epoch && Tokens.SequenceEqual(other.Tokens, StringComparer.Ordinal);

    public override int GetHashCode() => HashCode.Combine(Epoch, Tokens.Count > 0 ? Tokens[^1] : "");

    public override string ToString() => $"{Epoch}:{string.Join(',', Tokens)}";
}

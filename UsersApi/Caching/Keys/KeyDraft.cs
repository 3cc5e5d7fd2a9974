namespace UsersApi.Caching.Keys;

/// <summary>The part of a key that the bound arguments settle, before the headers that a response may name in its <c>Vary</c>.</summary>
/// <param name="Text">Method, host, path and arguments.</param>
/// <param name="Path">The path alone: the tag under which an unsafe request to this URI evicts.</param>
/// <param name="HasArguments">Whether <paramref name="Text"/> has a section of arguments.</param>
/// <param name="Hashed">The bound arguments of which the key holds a hash alone: headers, and what is marked so.</param>
internal sealed record KeyDraft(string Text, string Path, bool HasArguments, IReadOnlyList<string> Hashed);

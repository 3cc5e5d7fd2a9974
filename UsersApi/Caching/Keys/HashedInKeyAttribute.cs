namespace UsersApi.Caching.Keys;

/// <summary>
/// Keeps the value of an argument from the query out of the text of keys, since it tells who somebody is: a hash of it stands there, keyed
/// by <c>RedisCached:KeySecret</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class HashedInKeyAttribute : Attribute;

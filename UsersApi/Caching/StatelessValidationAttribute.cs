namespace UsersApi.Caching;

/// <summary>
/// Says of a validation attribute that it always judges the same value alike. Hits of an action with one that does not say so
/// are validated each time.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class StatelessValidationAttribute : Attribute;

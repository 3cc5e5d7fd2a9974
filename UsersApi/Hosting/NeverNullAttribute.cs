namespace UsersApi.Hosting;

/// <summary>Marks a member that may be absent and is refused as null, for the OpenAPI document.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class NeverNullAttribute : Attribute;

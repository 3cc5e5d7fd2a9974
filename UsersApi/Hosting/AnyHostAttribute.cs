namespace UsersApi.Hosting;

/// <summary>
/// Marks an endpoint that is answered under any name: what probes it knows an address, and nothing of <c>AllowedHosts</c>.
/// </summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class AnyHostAttribute : Attribute;

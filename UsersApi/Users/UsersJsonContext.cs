using System.Text.Json.Serialization;

namespace UsersApi.Users;

/// <summary>Compiled JSON metadata of the contracts; naming and encoding stay those of MVC's options.</summary>
[JsonSerializable(typeof(IReadOnlyList<UserResponse>))]
[JsonSerializable(typeof(List<UserResponse>))]
[JsonSerializable(typeof(UserJson))]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(IReadOnlyList<UserRequest?>))]
[JsonSerializable(typeof(UserPatch))]
[JsonSerializable(typeof(BulkResponse))]
internal sealed partial class UsersJsonContext : JsonSerializerContext;

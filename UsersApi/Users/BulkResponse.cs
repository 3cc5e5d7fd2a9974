namespace UsersApi.Users;

/// <summary>What a bulk request created.</summary>
/// <param name="Count">How many users.</param>
/// <param name="Ids">Their ids, in the order of the request.</param>
public sealed record BulkResponse(int Count, IReadOnlyList<Guid> Ids);

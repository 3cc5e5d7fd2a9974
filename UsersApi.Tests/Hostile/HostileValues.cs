namespace UsersApi.Tests.Hostile;

/// <summary>Something hostile, and the kind of hostility for the table.</summary>
internal sealed record Hostile(string Kind, string Text);

/// <summary>What no client would send that means well: values and names as they stand in a query, and bodies.</summary>
internal static class HostileValues
{
    private static readonly string Long = new('A', 4_000);

    /// <summary>For values of parameters in the path or the query, escaped or on purpose not.</summary>
    public static IReadOnlyList<Hostile> Values { get; } =
    [
        .. Of("numbers at their limits", "0", "-1", "2147483647", "2147483648", "-2147483648", "9223372036854775807", "18446744073709551616", "1e9", "1e400", "0x10", "NaN", "Infinity", "00000000000000000001", "%2B1", "%201", "1%20", "1.", "1,000", "%D9%A1%D9%A2", "%E2%88%921", "20000", "20001"),
        .. Of("bad UTF-8", "%FF", "%C3%28", "%ED%A0%80", "%F4%90%80%80", "\u00FF", "%80", "\u00C3\u0028"),
        .. Of("overlong UTF-8", "%C0%AF", "%E0%80%AF", "%C0%80", "%F0%80%80%80", "%C1%B1"),
        .. Of("control characters", "%00", "%0D%0A", $"%0D%0A{Outcomes.Injected}:%201", "%1B[31m", "%7F", "a%00b", "%E2%80%AE", "\u0001", "\u007F"),
        .. Of("bad escapes", "%", "%2", "%zz", "%u0041", "%%32%35", "%2525"),
        .. Of("case folding", "%E2%84%AA", "%C5%BF", "%C4%B0", "true", "TRUE", "fal%C5%BFe", "%C3%9F", "%EF%AC%80"),
        .. Of("delimiters of a key", "1%26skip%3D2", "20:limit", "1;skip=2", "%3D", "%26", "%3A", "a%2Fb", "..%2F..%2Fetc%2Fpasswd", "*", "?", "{id}", "%7Btag%7D"),
        .. Of("injection", "'%20OR%201=1--", "%25", "_", "%5C", "$%7Bjndi:ldap://x%7D", "%7B%7B7*7%7D%7D", "%3Cscript%3E", "\";--"),
        .. Of("too long", Long, Long.Replace("A", "%41", StringComparison.Ordinal)[..6_000], "1" + new string('0', 3_000)),
        .. Of("empty", "", "%20", "null", "undefined", "%EF%BB%BF"),
    ];

    /// <summary>For names in a query: of declared parameters, misspelt, and of none.</summary>
    public static IReadOnlyList<Hostile> Parameters { get; } =
    [
        .. Of("case folding of names", "LIMIT=3", "%C5%BFkip=3", "L%C4%B0M%C4%B0T=3", "%E2%84%AA=3", "s%E2%84%AAip=3", "lim\u0131t=3"),
        .. Of("repeated parameters", "limit=1&limit=2", "limit=2&LIMIT=1", "skip=1&skip=1", "limit[]=1", "limit[0]=1", "skip=&skip=1", "isActive=true&isActive=false", "limit=1,2"),
        .. Of("invented parameters", "x=1", "utm_source=x", "=", "&&&=&", "limit", "limit==1", "?", "%00=1", "__proto__[x]=1", "id=1", "action=x", "controller=Users"),
        .. Of("2,500 parameters", string.Join('&', Enumerable.Repeat("a=", 2_500))),
        .. Of("10,000 parameters", string.Join('&', Enumerable.Repeat("a=", 10_000))),
    ];

    public static IReadOnlyList<Hostile> Headers { get; } =
    [
        .. Of("a foreign Host", $"X-Forwarded-Host: {Outcomes.ForeignHost}", $"Forwarded: host={Outcomes.ForeignHost}", $"X-Original-Host: {Outcomes.ForeignHost}", $"X-Rewrite-URL: //{Outcomes.ForeignHost}/", $"X-Forwarded-Prefix: //{Outcomes.ForeignHost}", $"Origin: http://{Outcomes.ForeignHost}", $"Referer: http://{Outcomes.ForeignHost}/"),
        .. Of("hostile conditions", "If-None-Match: \"", "If-None-Match: *,*", "If-None-Match: W/\"" + Long + "\"", "If-Match: \"\u00FF\"", "If-Match: \"1-99999999999999999999\"", "If-Match: \"1\",,\"2\"", "If-Modified-Since: Thu, 99 Foo 9999 99:99:99 GMT", "If-Match: " + string.Join(',', Enumerable.Repeat("\"1-1\"", 1_000))),
        .. Of("hostile ranges", "Range: bytes=0-0,1-1,2-2", "Range: bytes=-9223372036854775808", "Range: bytes=9223372036854775807-", "Range: bytes=5-1", "Range: " + "bytes=" + string.Join(',', Enumerable.Repeat("0-", 1_000)), "If-Range: \"\u00FF\""),
        .. Of("hostile negotiation", "Accept: */*;q=0.0001", "Accept: application/xml", "Accept: " + string.Join(',', Enumerable.Repeat("a/b;q=0", 400)), "Accept-Encoding: gzip;q=NaN, br;q=-1", "Accept-Encoding: identity;q=0", "Accept-Encoding: *;q=0", "Accept-Language: \u00FF", "Accept-Charset: utf-7"),
        .. Of("hostile cache directives", "Cache-Control: max-age=-1", "Cache-Control: only-if-cached, no-store", "Cache-Control: max-age=99999999999999999999", "Cache-Control: \"", "Pragma: no-cache", "Vary: *"),
        .. Of("other methods by header", "X-HTTP-Method-Override: DELETE", "X-Method-Override: PUT", "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAAQAAP__", "Expect: 200-maybe"),
    ];

    public static IReadOnlyList<Hostile> Bodies { get; } =
    [
        .. Of("deep JSON", new string('[', 20_000), new string('[', 20_000) + new string(']', 20_000), string.Concat(Enumerable.Repeat("{\"a\":", 5_000)) + "1" + new string('}', 5_000), "{\"email\":" + new string('[', 63) + new string(']', 63) + "}"),
        .. Of("numbers in JSON", """{"email":1e999999}""", "1" + new string('0', 10_000), """{"email":"a@example.com","isActive":123456789012345678901234567890}""", """{"email":"a@example.com","version":-0.0e-999}""", "-", "01"),
        .. Of("repeated and unknown members", """{"email":"a@example.com","email":"b@example.com"}""", """{"email":"a@example.com","EMAIL":"b@example.com"}""", """{"__proto__":{},"$type":"System.Object","$ref":"#"}""", """{"email":"a@example.com","id":"x","version":9}"""),
        .. Of("10,000 members", "{" + string.Join(',', Enumerable.Range(0, 6_000).Select(n => $"\"{n}\":0")) + "}", "[" + string.Join(',', Enumerable.Repeat("{}", 10_000)) + "]", "[" + string.Join(',', Enumerable.Repeat("null", 10_000)) + "]"),
        .. Of("bad text in JSON", "{\"email\":\"\u00FF@example.com\"}", """{"email":"a@example.com","fullName":"\ud800"}""", """{"email":"a@example.com","fullName":"\u0000"}""", """{"email":"a\u212A@example.com"}""", "\u00EF\u00BB\u00BF{}", "{\"email\":\"a@example.com\",\"fullName\":\"\u0001\"}", "\u00FF\u00FE{\u0000}\u0000", """{"email":"a@example.com\r\nX-Injected: 1"}"""),
        .. Of("no JSON", "", "null", "[]", "\"x\"", "<a/>", "{", "{}}", "{'email':1}", "//", "NaN", new string(' ', 60_000)),
        .. Of("too large a body", "{\"email\":\"" + new string('a', 70_000) + "\"}"),
    ];

    private static IEnumerable<Hostile> Of(string kind, params string[] texts) => texts.Select(text => new Hostile(kind, text));
}

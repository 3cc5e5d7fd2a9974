using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace UsersApi.Tests.Caching.Keys;

/// <summary>Different names and values never look alike in a key.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class KeyTextTests
{
    private static readonly Gen<string> Texts = Gen.Elements("a", "A", "%", "%u", "D800", "&", "=", ":", "/", "#", "{", "}", "[", "]", ".", "~", "+", " ", "\0", "\u00EB", "e\u0308", "\uFFFD", "\uD800", "\uDC00", "\uD83D\uDE00", "\uFEFF")
        .ArrayOf(3).Select(parts => string.Concat(parts));

    [Test]
    public void Different_texts_stay_different() => Property.Holds(
        Gen.OneOf(Texts, ArbMap.Default.GeneratorFor<string>().Where(text => text is not null)).ArrayOf(40),
        texts => texts.Distinct(StringComparer.Ordinal).Count() == texts.Select(KeyText.Escaped).Distinct(StringComparer.Ordinal).Count(), 300);

    [Test]
    public void Escaped_text_holds_no_delimiter() => Property.Holds(
        Texts.ArrayOf(20), texts => texts.All(text => KeyText.Escaped(text).All(symbol => char.IsAsciiLetterOrDigit(symbol) || symbol is '-' or '.' or '_' or '~' or '%')), 300);

    [Test]
    public void Different_values_of_a_known_type_stay_different()
    {
        Values<int>();
        Values<long>();
        Values<byte>();
        Values<char>();
        Values<bool>();
        Values<decimal>(value => string.Join(',', decimal.GetBits(value)));
        Values<double>(value => BitConverter.DoubleToInt64Bits(value).ToString("x"));
        Values<float>(value => BitConverter.SingleToInt32Bits(value).ToString("x"));
        Values<DateTime>(value => $"{value.Ticks} {value.Kind}");
        Values<DateTimeOffset>(value => $"{value.Ticks} {value.Offset}");
        Values<TimeSpan>();
        Values<Guid>();
        Values<DayOfWeek>();
        Values<FileAttributes>(value => $"{(int)value}");
        Values<byte[]>(value => Convert.ToHexString(value));
        Property.Holds(ArbMap.Default.GeneratorFor<int>().Select(day => DateOnly.FromDayNumber(day & 0xFFFF)).ArrayOf(20), Injective<DateOnly>(value => $"{value.DayNumber}"), 100);
        Property.Holds(ArbMap.Default.GeneratorFor<int>().Select(ticks => new TimeOnly(ticks & 0xFFFFFFF)).ArrayOf(20), Injective<TimeOnly>(value => $"{value.Ticks}"), 100);
    }

    [Test]
    public void Zero_and_negative_zero_are_two_values_and_every_scale_of_a_decimal()
    {
        Assert.That(KeyText.TextOf(-0.0), Is.Not.EqualTo(KeyText.TextOf(0.0)));
        Assert.That(KeyText.TextOf(1.0m), Is.Not.EqualTo(KeyText.TextOf(1.00m)));
        Assert.That(KeyText.TextOf(FileAttributes.Hidden | FileAttributes.System), Is.Not.EqualTo(KeyText.TextOf(FileAttributes.Hidden)));
    }

    [TestCase(typeof(object), ExpectedResult = false)]
    [TestCase(typeof(StringBuilder), ExpectedResult = false)]
    [TestCase(typeof(int[]), ExpectedResult = false)]
    [TestCase(typeof(int?), ExpectedResult = true)]
    [TestCase(typeof(DayOfWeek?), ExpectedResult = true)]
    public bool Type_is_known(Type type) => KeyText.Knows(type);

    private static void Values<T>(Func<T, string>? identity = null) =>
        Property.Holds(ArbMap.Default.GeneratorFor<T>().Where(value => value is not null).ArrayOf(20), Injective(identity), 100);

    private static Func<T[], bool> Injective<T>(Func<T, string>? identity) => values =>
        values.Select(value => identity is null ? value!.ToString() : identity(value)).Distinct(StringComparer.Ordinal).Count()
        == values.Select(value => KeyText.Escaped(KeyText.TextOf(value!))).Distinct(StringComparer.Ordinal).Count();
}

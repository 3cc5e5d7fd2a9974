using System.Text.RegularExpressions;

namespace UsersApi.Caching.Keys;

/// <summary>A tag as an attribute writes it: a word, or a word, a colon and arguments in braces, as <c>user:{id}</c>.</summary>
internal sealed partial class TagTemplate(string template)
{
    private readonly string[] _pieces = Placeholder().Split(template);

    public bool IsWellFormed => Form().IsMatch(template);

    public IEnumerable<string> Arguments => _pieces.Where((_, i) => i % 2 == 1);

    public override string ToString() => template;

    public string Resolve(ActionExecutingContext context, IReadOnlyList<KeyArgument> arguments) =>
        string.Concat(_pieces.Select((piece, i) => i % 2 == 0 ? piece : ValueOf(piece, context, arguments)));

    private static string? ValueOf(string name, ActionExecutingContext context, IReadOnlyList<KeyArgument> arguments) =>
        arguments.FirstOrDefault(argument => argument.IsNamed(name) && KeyText.Knows(argument.Metadata.ModelType)) is { } argument
            ? argument.ValueIn(context) is { } value ? KeyText.TextOf(value) : null
            : RoutePath.ValueOf(name, context, arguments);

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^[\w.-]+(:([\w.:-]|\{\w+\})+)?$")]
    private static partial Regex Form();
}

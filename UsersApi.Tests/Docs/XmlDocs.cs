using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace UsersApi.Tests.Docs;

/// <summary>The documentation comments of an assembly, as plain Markdown.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, XElement> _members;

    private XmlDocs(Dictionary<string, XElement> members) => _members = members;

    public static XmlDocs Of(Assembly assembly) => new(XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))
        .Descendants("member").ToDictionary(member => member.Attribute("name")!.Value, StringComparer.Ordinal));

    public string SummaryOf(PropertyInfo property) => TextOf(_members[$"P:{property.DeclaringType!.FullName}.{property.Name}"].Element("summary")!);

    public string SummaryOf(Type type) => TextOf(_members[$"T:{type.FullName}"].Element("summary")!);

    private static string TextOf(XElement summary) =>
        Spaces().Replace(string.Concat(summary.Nodes().Select(TextOf)), " ").Trim().Replace("|", "\\|", StringComparison.Ordinal);

    private static string TextOf(XNode node) => node switch
    {
        XElement { Name.LocalName: "see" } see => $"`{see.Attribute("cref")!.Value.Split('.')[^1]}`",
        XElement { Name.LocalName: "c" } code => $"`{code.Value}`",
        XElement other => other.Value,
        _ => node.ToString(),
    };

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}

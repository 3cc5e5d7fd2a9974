using ArchUnitNET.Fluent.Slices;
using ArchUnitNET.Loader;
using ArchUnitNET.NUnit;
using UsersApi.Caching.Operations;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace UsersApi.Tests.Architecture;

/// <summary>Folders are concepts, and the arrows between them run one way.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class ArrowTests
{
    private static readonly ArchUnitNET.Domain.Architecture Caching = new ArchLoader().LoadAssemblies(typeof(RedisCachedAttribute).Assembly).Build();
    private static readonly ArchUnitNET.Domain.Architecture Api = new ArchLoader().LoadAssemblies(typeof(Program).Assembly).Build();

    private static readonly ArchUnitNET.Domain.Architecture All = new ArchLoader()
        .LoadAssemblies(typeof(Program).Assembly, typeof(RedisCachedAttribute).Assembly, typeof(RedisCachedOperationsServiceCollectionExtensions).Assembly).Build();

    [Test]
    public void Folders_of_the_cache_form_no_circle() => SliceRuleDefinition.Slices().Matching("UsersApi.Caching.(*)").Should().BeFreeOfCycles().Check(Caching);

    [Test]
    public void Folders_of_the_application_form_no_circle() => SliceRuleDefinition.Slices().Matching("UsersApi.(*)").Should().BeFreeOfCycles().Check(Api);

    [Test]
    public void No_folder_of_the_cache_uses_what_applications_see() => Types().That().ResideInNamespaceMatching(@"^UsersApi\.Caching\.\w+")
        .Should().NotDependOnAny(Types().That().ResideInNamespace("UsersApi.Caching")).Check(Caching);

    [TestCase("Diagnostics", ""), TestCase("Http", "Diagnostics"), TestCase("Keys", ""), TestCase("Policies", "Diagnostics|Http|Keys"), TestCase("Redis", "Diagnostics|Policies"),
        TestCase("Versions", "Diagnostics|Keys|Policies|Redis"), TestCase("Entries", "Http|Policies|Versions"), TestCase("Flights", "Entries|Policies|Redis|Versions"),
        TestCase("Store", "Diagnostics|Entries|Policies|Versions"), TestCase("Capture", "Diagnostics|Entries|Http|Keys|Policies|Versions")]
    public void Folder_of_the_cache_uses_these_and_no_others(string folder, string used)
    {
        var others = $@"^UsersApi\.Caching\.(?!({folder}{(used.Length > 0 ? "|" + used : "")})\b)\w+";

        Types().That().ResideInNamespace($"UsersApi.Caching.{folder}").Should().NotDependOnAny(Types().That().ResideInNamespaceMatching(others)).Check(Caching);
    }

    [Test]
    public void Features_know_nothing_of_Redis_and_plumbing_nothing_of_features()
    {
        Types().That().ResideInNamespace("UsersApi.Users").Should().NotDependOnAnyTypesThat().ResideInNamespaceMatching(@"^StackExchange\.Redis").WithoutRequiringPositiveResults().Check(Api);
        Types().That().ResideInNamespace("UsersApi.Data").Should().NotDependOnAny(Types().That().ResideInNamespace("UsersApi.Users")).Check(Api);
    }

    [Test]
    public void The_cache_knows_nothing_of_its_operations_and_they_nothing_of_the_application()
    {
        Types().That().ResideInNamespaceMatching(@"^UsersApi\.Caching(\.(?!Operations)\w+)?$").Should()
            .NotDependOnAny(Types().That().ResideInNamespace("UsersApi.Caching.Operations")).Check(All);
        Types().That().ResideInNamespace("UsersApi.Caching.Operations").Should()
            .NotDependOnAny(Types().That().ResideInNamespaceMatching(@"^UsersApi\.(?!Caching)")).Check(All);
    }
}

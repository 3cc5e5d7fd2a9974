using System.Reflection;
using UsersApi.Caching.Operations;

namespace UsersApi.Tests.Architecture;

/// <summary>What is logged can be found by its number, and read.</summary>
public sealed class EventIdTests
{
    private static readonly Assembly[] Assemblies =
        [typeof(Program).Assembly, typeof(RedisCachedAttribute).Assembly, typeof(RedisCachedOperationsServiceCollectionExtensions).Assembly];

    private static IEnumerable<(MethodInfo Method, LoggerMessageAttribute Message)> Events => Assemblies
        .SelectMany(assembly => assembly.GetTypes())
        .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
        .Select(method => (method, method.GetCustomAttribute<LoggerMessageAttribute>()!))
        .Where(pair => pair.Item2 is not null);

    [Test]
    public void Ids_ascend_in_each_log_and_stand_for_one_event()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Events.Select(one => one.Message.EventId), Is.Unique.And.All.GreaterThanOrEqualTo(1000));
            foreach (var log in Events.GroupBy(one => one.Method.DeclaringType))
            {
                var ids = log.OrderBy(one => one.Method.MetadataToken).Select(one => one.Message.EventId).ToList();
                Assert.That(ids, Is.Ordered, log.Key!.FullName);
                Assert.That(ids[^1] / 100, Is.EqualTo(ids[0] / 100), $"{log.Key.FullName} has a hundred of its own");
            }
        }
    }

    [Test]
    public void Messages_are_sentences() => Assert.That(Events.Select(one => one.Message.Message), Is.All.Match(@"^[A-Z{].*[.}]$"));
}

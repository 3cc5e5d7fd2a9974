using NUnit.Framework.Internal;
using UsersApi.Tests;

[assembly: Parallelizable(ParallelScope.All)]
[assembly: OneMoreThanCores]
[assembly: FixtureLifeCycle(LifeCycle.InstancePerTestCase)]

namespace UsersApi.Tests;

/// <summary>Runs one test more at a time than there are cores, since some of them wait.</summary>
[AttributeUsage(AttributeTargets.Assembly)]
internal sealed class OneMoreThanCoresAttribute() : PropertyAttribute(PropertyNames.LevelOfParallelism, Environment.ProcessorCount + 1);

using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace UsersApi.Tests.Caching.Keys;

/// <summary>Checks properties with a seed that is printed, and taken from <c>PROPERTY_SEED</c> where the environment has one.</summary>
internal static class Property
{
    public static ulong Seed { get; } = Environment.GetEnvironmentVariable("PROPERTY_SEED") is { Length: > 0 } seed
        ? ulong.Parse(seed, CultureInfo.InvariantCulture)
        : (ulong)Environment.TickCount64;

    /// <summary>Looks for an array for which <paramref name="holds"/> fails, and for the shortest such one.</summary>
    public static void Holds<T>(Gen<T[]> arrays, Func<T[], bool> holds, int tests)
    {
        TestContext.Out.WriteLine($"PROPERTY_SEED={Seed}");
        var config = Config.QuickThrowOnFailure.WithMaxTest(tests).WithReplay(FSharpOption<Replay>.Some(new Replay(new Rnd(Seed), FSharpOption<int>.None)));
        Check.One(config, Prop.ForAll(Arb.From(arrays, Shorter), holds));
    }

    private static IEnumerable<T[]> Shorter<T>(T[] array) => array.Length < 2 ? [] : array.Select((_, i) => (T[])[.. array[..i], .. array[(i + 1)..]]);
}

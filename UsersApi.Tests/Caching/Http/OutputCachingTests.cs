using System.Diagnostics;
using Microsoft.AspNetCore.OutputCaching;
using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Http;

/// <summary>
/// For the record: the rows of the table against the framework's output caching, and where its answer differs from what a row
/// demands. <c>OutputCaching.differences.txt</c> is that list; OUTPUTCACHING.md sums it up.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class OutputCachingTests
{
    private static readonly (IEnumerable<TestCaseData> Rows, Type[] Controllers)[] Tables =
    [
        (ResultTests.Rows(), [typeof(ResultTests.ResultsController)]),
        (HeaderTests.Rows(), [typeof(HeaderTests.HeadersController)]),
        (ConditionTests.Rows(), [typeof(ConditionTests.ConditionsController), typeof(ConditionTests.SplitController)]),
        (SelectionTests.Rows(), [typeof(SelectionTests.SelectionController), typeof(SelectionTests.LenientController)]),
        (ControlTests.Rows(), [typeof(ControlController), typeof(ControlTests.PlainController)]),
        (EvictionTests.Rows(), [typeof(EvictionTests.ItemsController)]),
        (CompressionTests.Rows(), [typeof(CompressionTests.CompressedController)]),
    ];

    /// <summary>The list is written to the file that OUTPUTCACHING_LIST names, if the environment has it.</summary>
    [Test]
    public async Task List_of_the_rows_in_which_the_framework_differs_is_true()
    {
        var (found, same, left) = (new List<string>(), 0, new List<string>());
        foreach (var (rows, controllers) in Tables)
        {
            await using var comparison = new OutputCacheComparison(controllers);
            foreach (var row in rows.Select(data => (Row)data.Arguments[0]!))
            {
                if (!OutputCacheComparison.HasCounterpart(row))
                {
                    left.Add(row.Name);
                }
                else if (await comparison.DifferencesAsync(row) is { Count: > 0 } differences)
                {
                    found.Add($"{row.Name} \u2014 {string.Join("; ", differences.Take(2))}");
                }
                else
                {
                    same++;
                }
            }
        }

        var version = FileVersionInfo.GetVersionInfo(typeof(OutputCacheAttribute).Assembly.Location).ProductVersion!.Split('+')[0];
        await TestContext.Out.WriteLineAsync($"Microsoft.AspNetCore.OutputCaching {version}: {found.Count} rows differ, {same} do not, {left.Count} have no counterpart there.\n{string.Join('\n', found)}\n\nNo counterpart:\n{string.Join('\n', left)}");
        if (Environment.GetEnvironmentVariable("OUTPUTCACHING_LIST") is { Length: > 0 } file)
        {
            await File.WriteAllLinesAsync(file, found);
        }

        var list = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Caching", "Http", "OutputCaching.differences.txt"));
        Assert.That(found.Select(NameOf), Is.EquivalentTo(list.Select(NameOf)));
    }

    private static string NameOf(string line) => line.Split(" \u2014 ")[0];
}

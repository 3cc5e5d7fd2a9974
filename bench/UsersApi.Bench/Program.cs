using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using UsersApi.Bench.Driving;
using UsersApi.Bench.Results;
using UsersApi.Bench.Subjects;

return args switch
{
    ["subject", var name, .. var settings] => await SubjectHost.RunAsync(name, settings),
    ["plot", .. var files] => await Plot.WriteAsync(files),
    // In this process: BenchmarkDotNet would otherwise build a project of its own, under this repository's rules.
    ["micro", .. var filter] => Micro(filter),
    ["simulate", .. var options] => Simulation.Run(options),
    ["cold-start", .. var folders] => await ColdStart.RunAsync(folders),
    ["run", "evictions"] => await EvictionBench.RunAsync(),
    ["run", "nodes", .. var options] => await NodesBench.RunAsync(options),
    ["run", .. var options] => await BenchRun.RunAsync(options),
    _ => await BenchRun.ExplainAsync(),
};

static int Micro(string[] filter)
{
    var config = DefaultConfig.Instance
        .AddJob(Job.ShortRun.WithToolchain(InProcessEmitToolchain.Instance))
        .AddDiagnoser(MemoryDiagnoser.Default);
    var summaries = BenchmarkSwitcher.FromAssembly(typeof(BenchRun).Assembly).Run(["--filter", .. filter is [] ? ["*"] : filter], config).ToList();
    return summaries is not [] && summaries.TrueForAll(summary => summary.Reports.All(report => report.Success)) ? 0 : 1;
}

namespace UsersApi.Bench.Driving;

/// <summary>Drives one subject once.</summary>
internal delegate Task<LoadResult> Load(LoadTarget target);

/// <param name="Address">Where the subject listens.</param>
/// <param name="Scenario">What is asked of it.</param>
/// <param name="Connections">How many clients at the same time.</param>
/// <param name="Seconds">For how long, where the load is not a number of requests.</param>
internal sealed record LoadTarget(Uri Address, Scenario Scenario, int Connections, int Seconds);

/// <summary>What the clients saw.</summary>
internal sealed record LoadResult(long Requests, double Seconds, double P50Ms, double P99Ms, long Failures);

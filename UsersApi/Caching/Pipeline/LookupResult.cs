namespace UsersApi.Caching.Pipeline;

/// <summary>A response that is known without running the action, and why it is one.</summary>
/// <param name="Entry">The response.</param>
/// <param name="Outcome">What it is.</param>
/// <param name="ForwardReason">Where another request ran the action: why it went there.</param>
internal sealed record Answer(CacheEntry Entry, CacheOutcome Outcome, string ForwardReason = "");

/// <summary>What came of looking a request up.</summary>
/// <param name="Lookup">What the store has.</param>
/// <param name="Answer">The response; null where the action has to run.</param>
/// <param name="FlightKey">Key and stamp: who came after an eviction shares nothing with who came before it.</param>
/// <param name="Flight">Where this request leads: what it has to land.</param>
internal sealed record LookupResult(StoreLookup Lookup, Answer? Answer = null, string FlightKey = "", CacheFlight? Flight = null);

namespace UsersApi.Tests.Coherence;

/// <summary>Holds what a read brought back against the history.</summary>
internal sealed class Judge(History history, Tally tally)
{
    /// <param name="target">What was asked for.</param>
    /// <param name="floors">The oldest versions allowed, as they were before the request was sent.</param>
    /// <param name="body">What came back.</param>
    /// <param name="circumstances">For the report: who answered, and how.</param>
    public void Check(Target target, ReadOnlySpan<long> floors, ReadOnlySpan<byte> body, string circumstances)
    {
        var sightings = Sighting.Parse(body);
        if (!sightings.Select(sighting => sighting.User).SequenceEqual(target.Users))
        {
            tally.Violation($"{target.Path} brought the wrong users ({circumstances}): {string.Join("; ", sightings)}");
            return;
        }

        for (var i = 0; i < sightings.Count; i++)
        {
            if (sightings[i].Version < floors[i])
            {
                tally.Violation($"{target.Path} is stale ({circumstances}): {sightings[i]}, but version {floors[i]} had been acknowledged");
            }

            CheckItself(sightings[i], target, circumstances);
        }
    }

    public void CheckItself(Sighting sighting, Target target, string circumstances)
    {
        if (!sighting.Name.StartsWith($"{sighting.User}:", StringComparison.Ordinal) || !history.IsConsistent(sighting))
        {
            tally.Violation($"{target.Path} is mixed up ({circumstances}): {sighting}, which others saw differently");
        }
    }
}

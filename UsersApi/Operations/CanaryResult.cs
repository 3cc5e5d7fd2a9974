namespace UsersApi.Caching.Operations;

/// <summary>What a comparison of the canary came to.</summary>
internal enum CanaryResult
{
    /// <summary>The action gave the stored response again.</summary>
    Same,

    /// <summary>It gave another one, and the stored one was evicted or expired soon after.</summary>
    Evicted,

    /// <summary>It gave another one, and the stored one is still served.</summary>
    Different,

    /// <summary>There was nothing to compare: the action failed, or the request did not reach it any more.</summary>
    Failed,
}

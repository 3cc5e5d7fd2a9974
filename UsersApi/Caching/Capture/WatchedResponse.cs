using Microsoft.AspNetCore.WebUtilities;

namespace UsersApi.Caching.Capture;

/// <summary>What an action sees of its response: what it does there that a stored response could not repeat is noticed.</summary>
internal sealed class WatchedResponse(IHttpResponseFeature inner) : IHttpResponseFeature
{
    private bool _isDeferred;

    /// <summary>False once the action has put something off until the response starts, or chosen a reason phrase of its own.</summary>
    public bool IsReplayable => !_isDeferred
        && (string.IsNullOrEmpty(inner.ReasonPhrase) || inner.ReasonPhrase == ReasonPhrases.GetReasonPhrase(inner.StatusCode));

    public int StatusCode { get => inner.StatusCode; set => inner.StatusCode = value; }

    public string? ReasonPhrase { get => inner.ReasonPhrase; set => inner.ReasonPhrase = value; }

    public IHeaderDictionary Headers { get => inner.Headers; set => inner.Headers = value; }

    [Obsolete("Part of the interface.")]
    public Stream Body { get => inner.Body; set => inner.Body = value; }

    public bool HasStarted => inner.HasStarted;

    public void OnStarting(Func<object, Task> callback, object state)
    {
        _isDeferred = true;
        inner.OnStarting(callback, state);
    }

    public void OnCompleted(Func<object, Task> callback, object state) => inner.OnCompleted(callback, state);
}

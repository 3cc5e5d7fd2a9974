using StackExchange.Redis;

namespace UsersApi.Caching.Versions;

/// <summary>
/// The one subscription of this node, on connections of its own: dropping it is disposing of them. Evictions and grants come
/// through one queue, since two queues have no order between them.
/// </summary>
internal sealed class LeaseSubscription(IConnectionMultiplexer connections, ChannelMessageQueue changes) : IAsyncDisposable
{
    /// <summary>Whether messages wait to be handled.</summary>
    public bool IsBehind => changes.TryGetCount(out var waiting) && waiting > 0;

    /// <param name="connection">Redis.</param>
    /// <param name="channels">The channel of changes, and that of acknowledgements.</param>
    /// <param name="onChange">Handles a change; the next one is handled when it has returned.</param>
    /// <param name="onAcknowledgement">Handles an acknowledgement.</param>
    /// <exception cref="RedisException">Redis refuses, or can't be reached.</exception>
    public static async Task<LeaseSubscription> OpenAsync(
        RedisConnection connection, (string Changes, string Acknowledgements) channels, Action<string> onChange,
        Action<string> onAcknowledgement)
    {
        var multiplexer = await connection.ConnectForSubscriptionAsync();
        try
        {
            var subscriber = multiplexer.GetSubscriber();
            // Routed by the tag in their names: in a cluster too, both come over one connection, or neither does.
            var acknowledgements = await subscriber.SubscribeAsync(RedisChannel.Literal(channels.Acknowledgements).WithKeyRouting());
            acknowledgements.OnMessage(message => onAcknowledgement(message.Message.ToString()));
            var changes = await subscriber.SubscribeAsync(RedisChannel.Literal(channels.Changes).WithKeyRouting());
            changes.OnMessage(message => onChange(message.Message.ToString()));
            return new LeaseSubscription(multiplexer, changes);
        }
        catch (Exception)
        {
            await multiplexer.DisposeAsync();
            throw;
        }
    }

    public ValueTask DisposeAsync() => connections.DisposeAsync();
}

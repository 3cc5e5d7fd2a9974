namespace UsersApi.Bench.Driving;

/// <summary>What came of one number of nodes under one rate of writes.</summary>
/// <param name="Waits">How long each write waited for its eviction, in milliseconds.</param>
/// <param name="RedisLoad">The part of its time that Redis' one thread was busy: 1 is its end.</param>
/// <param name="NodeLoad">The part of one core that a node spent on evictions and grants of all.</param>
internal sealed record ModelResult(IReadOnlyList<double> Waits, double RedisLoad, double NodeLoad);

/// <summary>
/// How long writes wait for the acknowledgements of many nodes, by events in the order of their times. Times are in microseconds.
/// </summary>
/// <remarks>
/// <code>
/// a write      at random times, on a random node; each is an EVICT of its own (real nodes put those that wait into one)
/// Redis        one thread, first come first served: an EVICT, a renewal and an acknowledgement each take what is measured below,
///              and what is published leaves for one subscriber after another
/// a node       handles one message after another, then acknowledges; on top of that comes a delay drawn for this message alone
/// the writer   handles one acknowledgement after another; the write is answered after the last, or after 1,050 ms
/// a renewal    of every node every 250 ms, from a random time on; its grant is published to all nodes
/// </code>
/// What it leaves out: nodes that pause (they cost 1,050 ms, once), a node's delays that hold up its next message too, connections, and
/// what actions, hits and misses take of the same processors.
/// </remarks>
internal sealed class EvictionModel(int nodes, double writesPerSecond, Random random)
{
    // Processor time of Redis 7.0 for the real scripts, by INFO cpu around 400 to 2,000 of them each, with 0 to 512 subscribers.
    private const double Evict = 58;
    private const double Renew = 40;
    private const double Acknowledge = 12;
    private const double Subscriber = 3.6;

    // From 1,000 evictions a second among four nodes: 12% of a core in a node that only acknowledges, 31% in the writer with three of them.
    private const double HandleEviction = 120;
    private const double HandleAcknowledgement = 60;

    // Most nodes drop another one's grant unread: the part of it that is not the acknowledgement.
    private const double HandleGrant = 15;

    // What is left of a write's wait with one node: the way to Redis and back, and the client's own tasks.
    private const double Overhead = 100;
    private const double RenewalInterval = 250_000;
    private const double LongestWait = 1_050_000;

    // Delays of one node beyond its work: fitted so that two nodes have a median of 0.36 ms and a 99th percentile of 7.8, and four
    // of 0.98 and 8.3, as measured on two cores. Beyond the 99.7th percentile nothing was measured: up to 60 ms, a long stop of the
    // collector, is assumed.
    private static readonly (double Part, double Delay)[] Delays =
        [(0, 0), (0.5, 20), (0.794, 600), (0.9, 1_500), (0.99, 7_200), (0.997, 7_900), (0.9999, 25_000), (1, 60_000)];

    private readonly PriorityQueue<Action<double>, double> _events = new();
    private readonly double[] _nodeFree = new double[nodes];
    private readonly List<double> _waits = [];
    private double _redisFree;
    private double _redisBusy;
    private double _nodesBusy;

    /// <summary>What Redis has to do in a second, in seconds: beyond 1 no queue ends.</summary>
    public double OfferedToRedis => (nodes * (Renew + (nodes * Subscriber)) / RenewalInterval)
        + (writesPerSecond * (Evict + (nodes * Subscriber) + ((nodes - 1) * Acknowledge)) / 1e6);

    public ModelResult Run(int writes)
    {
        for (var node = 0; node < nodes; node++)
            _events.Enqueue(RenewAt, random.NextDouble() * RenewalInterval);

        var at = RenewalInterval;
        for (var write = 0; write < writes; write++)
        {
            at -= Math.Log(1 - random.NextDouble()) * 1e6 / writesPerSecond;
            _events.Enqueue(EvictAt, at);
        }

        var end = at;
        while (_events.TryDequeue(out var happen, out var time) && (time <= end || _waits.Count < writes))
        {
            end = Math.Max(end, time);
            happen(time);
        }

        return new ModelResult(_waits, _redisBusy / end, _nodesBusy / end / nodes);
    }

    private void RenewAt(double time)
    {
        var done = Serve(time, Renew + (nodes * Subscriber));
        for (var node = 0; node < nodes; node++)
            Handle(node, done, HandleGrant);

        _events.Enqueue(RenewAt, time + RenewalInterval);
    }

    private void EvictAt(double time)
    {
        var (writer, waitingFor) = (random.Next(nodes), nodes);
        var published = Serve(time, Evict + (nodes * Subscriber)) - (nodes * Subscriber);
        for (var node = 0; node < nodes; node++)
        {
            var dropped = Handle(node, published + ((node + 1) * Subscriber), HandleEviction);
            // The writer's own node acknowledges without a message.
            _events.Enqueue(node == writer ? AcknowledgedAt : SendAt, node == writer ? dropped : dropped + Delay());
        }

        void SendAt(double sent) => _events.Enqueue(ReceiveAt, Serve(sent, Acknowledge));

        void ReceiveAt(double received) => AcknowledgedAt(Handle(writer, received, HandleAcknowledgement));

        void AcknowledgedAt(double acknowledged)
        {
            if (--waitingFor == 0)
                _waits.Add(Math.Min(acknowledged + Overhead - time, LongestWait) / 1_000);
        }
    }

    private double Serve(double time, double work)
    {
        _redisBusy += work;
        return _redisFree = Math.Max(_redisFree, time) + work;
    }

    private double Handle(int node, double time, double work)
    {
        _nodesBusy += work;
        return _nodeFree[node] = Math.Max(_nodeFree[node], time) + work;
    }

    private double Delay()
    {
        var part = random.NextDouble();
        var above = Array.FindIndex(Delays, 1, knot => part <= knot.Part);
        var (low, high) = (Delays[above - 1], Delays[above]);
        return double.Lerp(low.Delay, high.Delay, (part - low.Part) / (high.Part - low.Part));
    }
}

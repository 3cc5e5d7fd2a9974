
namespace UsersApi.Tests.Caching.Tags;

[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class SharedReadTests
{
    [Test]
    public async Task Who_comes_while_a_read_is_under_way_gets_the_reply_of_the_next()
    {
        var store = new GatedStore();
        var reads = new SharedRead<string>(store.ReadAsync);

        var first = reads.ReadAsync(["a"]);
        var second = reads.ReadAsync(["b"]);
        var third = reads.ReadAsync(["c"]);
        store.Answer("before");
        Assert.That(await first, Is.EqualTo("before"));
        Assert.That(second.IsCompleted, Is.False, "that reply may be older than the second read");
        await store.HasCommands(2);
        store.Answer("after");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await second, Is.EqualTo("after"));
            Assert.That(await third, Is.EqualTo("after"));
            Assert.That(store.Commands, Is.EqualTo(["a", "b,c"]), "those who waited share one command");
        }
    }

    [Test]
    public async Task Who_waited_for_a_read_that_failed_does_not_wait_for_another()
    {
        var store = new GatedStore();
        var reads = new SharedRead<string>(store.ReadAsync);

        var first = reads.ReadAsync(["a"]);
        var second = reads.ReadAsync(["b"]);
        store.Answer(null);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(await first, Is.Null);
            Assert.That(await second, Is.Null);
            Assert.That(store.Commands, Is.EqualTo(["a"]));
        }

        var third = reads.ReadAsync(["c"]);
        store.Answer("again");
        Assert.That(await third, Is.EqualTo("again"));
    }

    [Test]
    public async Task What_goes_behind_a_command_starts_when_that_was_sent_and_never_without_one()
    {
        var store = new GatedStore();
        var reads = new SharedRead<string>(store.ReadAsync);
        var started = new List<string>();

        var first = reads.ReadAsync(["a"], () => started.Add("behind a"));
        Assert.That(started, Is.EqualTo(["behind a"]), "at once, since nothing was under way");
        var second = reads.ReadAsync(["b"], () => started.Add("behind b"));
        var third = reads.ReadAsync(["c"], () => started.Add("behind c"));
        Assert.That(started, Has.Count.EqualTo(1), "theirs has not been sent");
        store.Answer("before");
        await first;
        await store.HasCommands(2);
        store.Answer("after");
        await Task.WhenAll(second, third);
        Assert.That(started, Is.EqualTo(["behind a", "behind b", "behind c"]));

        var leftAlone = new SharedRead<string>(_ => Task.FromResult<string?>(null));
        Assert.That(await leftAlone.ReadAsync(["d"], () => started.Add("behind d")), Is.Null);
        Assert.That(started, Has.Count.EqualTo(3), "nothing was sent");
    }

    /// <summary>Answers when it is told to.</summary>
    private sealed class GatedStore
    {
        private readonly Lock _gate = new();
        private readonly List<TaskCompletionSource<string?>> _open = [];
        private TaskCompletionSource _arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _awaited;

        public List<string> Commands { get; } = [];

        public Task<string?> ReadAsync(IReadOnlyList<string> keys)
        {
            lock (_gate)
            {
                Commands.Add(string.Join(',', keys.Order(StringComparer.Ordinal)));
                var reply = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
                _open.Add(reply);
                if (Commands.Count >= _awaited)
                    _arrived.TrySetResult();

                return reply.Task;
            }
        }

        public void Answer(string? reply)
        {
            lock (_gate)
                _open[^1].SetResult(reply);
        }

        public Task HasCommands(int count)
        {
            lock (_gate)
            {
                if (Commands.Count >= count)
                    return Task.CompletedTask;

                _awaited = count;
                _arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                return _arrived.Task;
            }
        }
    }
}

using UsersApi.Tests.Caching.Host;

namespace UsersApi.Tests.Caching.Versions;

/// <summary>What a node makes of messages: which versions it may go on to use, and which not.</summary>
[TestFixture, Parallelizable(ParallelScope.All)]
public sealed class LeaseTests
{
    private static readonly string[] Tags = ["a", "b"];

    private readonly ManualTime _time = new();
    private readonly KnownVersions _known;
    private readonly ChangeMessages _messages;

    public LeaseTests()
    {
        _known = new KnownVersions(_time);
        _messages = new ChangeMessages(_known, _time);
    }

    [Test]
    public void Versions_are_used_until_the_messages_ends_and_it_counts_from_before_it_was_asked_for()
    {
        var askedAt = _time.GetTimestamp();
        _time.Advance(TimeSpan.FromMilliseconds(400));
        _messages.Handle(Grant("i", 5, askedAt));
        Learn(Tags);

        _time.Advance(LeaseTerms.UsedFor - TimeSpan.FromMilliseconds(401));
        var within = _known.Find(Tags);
        _time.Advance(TimeSpan.FromMilliseconds(1));
        var after = _known.Find(Tags);

        Assert.That((within, after), Is.EqualTo(((Stamp?)Read(Tags), (Stamp?)null)));
    }

    [Test]
    public void Grant_of_another_node_is_no_messages()
    {
        _messages.Handle($"grant\ni\n5\nother\n{_time.GetTimestamp()}");
        Learn(Tags);

        Assert.That(_known.Find(Tags), Is.Null);
    }

    [TestCase(1), TestCase(2)]
    public void Grant_that_arrives_during_a_lookup_makes_nothing_valid_that_a_lapsed_messages_had_kept(int look)
    {
        var time = new InterruptedTime();
        var known = new KnownVersions(time);
        known.Fill(known.Reserve(Tags), Read(Tags));
        time.Interrupt(look, () =>
        {
            known.ForgetAll();
            known.HoldUntil(long.MaxValue);
        });

        Assert.That(known.Find(Tags), Is.Null);
    }

    [TestCase("grant", "i", 5, true), TestCase("eviction", "i", 6, true, TestName = "Eviction_in_turn_takes_only_its_own_tags")]
    [TestCase("grant", "i", 6, false), TestCase("eviction", "i", 7, false), TestCase("eviction", "i", 5, false, TestName = "Number_that_came_before_means_an_older_data_set")]
    [TestCase("grant", "j", 5, false), TestCase("eviction", "j", 6, false), TestCase("grant", "i", 4, false)]
    public void Message_out_of_turn_or_of_another_incarnation_drops_all_that_is_known(string kind, string inc, long seq, bool isKept)
    {
        HoldAndLearn();

        _messages.Handle($"{kind}\n{inc}\n{seq}\nwriter\nid\nother");

        Assert.That(_known.Find(Tags) is not null, Is.EqualTo(isKept));
    }

    [Test]
    public void Eviction_takes_its_tags_and_asks_to_acknowledge_them()
    {
        HoldAndLearn();

        var next = _messages.Handle("eviction\ni\n6\nwriter\nid\nb\nc");

        Assert.That(next, Is.EqualTo(new FollowUp(null, "writer", "id")));
        Assert.That((_known.Find(["a"]), _known.Find(["b"])), Is.EqualTo((Read(["a"]), (Stamp?)null)));
    }

    [Test]
    public void Numbers_that_go_back_ask_once_to_start_anew()
    {
        HoldAndLearn();

        var first = _messages.Handle("grant\ni\n3\nother\n0");
        var second = _messages.Handle("grant\ni\n2\nother\n0");

        Assert.That((first?.ResetIncarnation, second), Is.EqualTo(("i", (FollowUp?)null)));
    }

    [Test]
    public void Version_whose_read_crossed_an_eviction_is_not_known()
    {
        _messages.Handle(Grant("i", 5, _time.GetTimestamp()));
        var reserved = _known.Reserve(Tags);

        _messages.Handle("eviction\ni\n6\nwriter\nid\na");
        _known.Fill(reserved, Read(Tags));

        Assert.That((_known.Find(["a"]), _known.Find(["b"])), Is.EqualTo(((Stamp?)null, Read(["b"]))));
    }

    [Test]
    public void Reservation_of_another_read_is_left_alone_and_a_read_that_failed_gives_its_own_up()
    {
        _messages.Handle(Grant("i", 5, _time.GetTimestamp()));
        var first = _known.Reserve(Tags);
        var second = _known.Reserve(Tags);
        _known.Fill(first, null);
        var third = _known.Reserve(Tags);

        Assert.That((first.Count, second.Count, third.Count), Is.EqualTo((2, 0, 2)));
    }

    [Test]
    public void Versions_of_two_epochs_make_no_stamp()
    {
        _messages.Handle(Grant("i", 5, _time.GetTimestamp()));
        Learn(["a"]);
        _known.Fill(_known.Reserve(["b"]), new Stamp("another", ["b1"]));

        Assert.That(_known.Find(Tags), Is.Null);
    }

    [Test]
    public void Version_is_read_anew_after_a_minute_whatever_the_messages()
    {
        HoldAndLearn();
        _time.Advance(TimeSpan.FromSeconds(61));
        _messages.Handle(Grant("i", 5, _time.GetTimestamp()));
        var tooOld = _known.Find(Tags);
        Learn(Tags);

        Assert.That((tooOld, _known.Find(Tags)), Is.EqualTo(((Stamp?)null, Read(Tags))));
    }

    [Test]
    public void Node_that_has_left_holds_no_messages_however_late_a_grant_comes()
    {
        HoldAndLearn();

        _known.Release();
        _messages.Handle(Grant("i", 5, _time.GetTimestamp()));

        Assert.That((_known.Find(Tags), _known.IsHeld), Is.EqualTo(((Stamp?)null, false)));
    }

    [Test]
    public void Tags_that_hits_used_are_named_once_the_common_one_first_and_those_beyond_next_time()
    {
        _messages.Handle(Grant("i", 5, _time.GetTimestamp()));
        Learn(["a", "b", TagNames.All]);
        _known.Find(["b", TagNames.All]);

        Assert.That(new[] { _known.TakeUsed(1), _known.TakeUsed(64), _known.TakeUsed(64) }, Is.EqualTo(new string[][] { [TagNames.All], ["b"], [] }));
    }

    [TestCase(""), TestCase("grant"), TestCase("eviction\ni\nx\nw\nid"), TestCase("nonsense\ni")]
    public void What_is_no_message_changes_nothing(string text)
    {
        HoldAndLearn();

        Assert.That((_messages.Handle(text), _known.Find(Tags)), Is.EqualTo(((FollowUp?)null, Read(Tags))));
    }

    private static Stamp Read(IReadOnlyList<string> tags) => new("e", [.. tags.Select(tag => tag + "1")]);

    private string Grant(string inc, long seq, long askedAt) => $"grant\n{inc}\n{seq}\n{_messages.Node}\n{askedAt}";

    private void HoldAndLearn()
    {
        _messages.Handle(Grant("i", 5, _time.GetTimestamp()));
        Learn(Tags);
    }

    private void Learn(IReadOnlyList<string> tags) => _known.Fill(_known.Reserve(tags), Read(tags));

    /// <summary>A clock during one look at which something else happens.</summary>
    private sealed class InterruptedTime : TimeProvider
    {
        private int _looks;
        private Action? _happens;

        public void Interrupt(int look, Action happens) => (_looks, _happens) = (look, happens);

        public override long GetTimestamp()
        {
            if (--_looks == 0)
                _happens!();

            return 1;
        }
    }
}

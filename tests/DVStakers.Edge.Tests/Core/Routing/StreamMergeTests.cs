using System.Text;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Routing;

public sealed class StreamMergeTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(300);
    private static readonly TimeSpan Keep = TimeSpan.FromSeconds(24);
    private static readonly DateTimeOffset Start = Given.At(100, 0);
    private static readonly string[] Nodes = ["a", "b", "c"];

    private readonly StreamMerge merge = new(Patience, Keep);

    private static DateTimeOffset Ms(double ms) => Start.AddMilliseconds(ms);

    private static StreamEvent Head(string node, ulong slot, double ms, int fork = 0) =>
        new(node, "head", Encoding.UTF8.GetBytes($$"""{"slot":"{{slot}}", "block":"{{Given.Block(slot, fork)}}","execution_optimistic":false,"told_by":"{{node}}"}"""), Ms(ms));

    private static StreamEvent Exit(string node, int number, double ms) => new(node, "voluntary_exit", Encoding.UTF8.GetBytes($"{{\"n\":{number}}}"), Ms(ms));

    private List<string> Due(string? serving, ulong? expected, double ms) =>
        [.. merge.Due(serving, expected is { } slot ? Given.Block(slot) : null, Ms(ms)).Select(e => $"{e.Node}{e.Key.Slot}")];

    [Fact]
    public void A_head_is_the_same_whoever_tells_it_and_however_it_is_written()
    {
        Assert.Equal(Head("a", 7, 0).Key, Head("b", 7, 5).Key);
        Assert.NotEqual(Head("a", 7, 0).Key, Head("a", 7, 0, fork: 1).Key);
        Assert.Equal(new Slot(7), Head("a", 7, 0).Key.Slot);
        var block = Encoding.UTF8.GetBytes($$"""{"slot":"7","block":"{{Given.Block(7)}}"}""");
        Assert.NotEqual(EventKey.Of("head", block), EventKey.Of("block", block));
        var checkpoint = EventKey.Of("finalized_checkpoint", Encoding.UTF8.GetBytes($$"""{"epoch":"7","block":"{{Given.Block(7)}}","state":"0x"}"""));
        Assert.Equal(EventKey.Of("finalized_checkpoint", Encoding.UTF8.GetBytes($$"""{ "block":"{{Given.Block(7)}}", "epoch":"7" }""")), checkpoint);
        Assert.Null(checkpoint.Slot);
        var reorg = EventKey.Of("chain_reorg", Encoding.UTF8.GetBytes($$"""{"slot":"7","depth":"2","new_head_block":"{{Given.Block(7)}}"}"""));
        Assert.Equal(new Slot(7), reorg.Slot);
    }

    [Fact]
    public void Since_gloas_a_head_whose_payload_came_later_is_told_twice_and_by_the_next_node_where_the_one_in_use_is_silent()
    {
        var (empty, full) = (HeadV2("a", 7, "empty", 0), HeadV2("a", 7, "full", 10));
        Assert.NotEqual(empty.Key, full.Key);
        Assert.Equal(full.Key, HeadV2("b", 7, "full", 20).Key);
        Assert.Equal((new Slot(7), Given.Block(7)), (full.Key.Slot, full.Key.Root));
        merge.Take(HeadV2("b", 7, "empty", 0));
        Assert.Empty(Due("a", 7, 299));
        Assert.Equal(["b7"], Due("a", 7, 300));
    }

    private static StreamEvent HeadV2(string node, ulong slot, string status, double ms) =>
        new(node, "head_v2", Encoding.UTF8.GetBytes($$"""{"version":"gloas","data":{"slot":"{{slot}}","block":"{{Given.Block(slot)}}","payload_status":"{{status}}" } }"""), Ms(ms));

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("""{"slot":"7"}""")]
    [InlineData("""{"slot":7,"block":"0x"}""")]
    [InlineData("""{"slot":"\ud800","block":"\ud800"}""")]
    public void An_event_that_makes_no_sense_is_known_by_its_content(string data)
    {
        var key = EventKey.Of("head", Encoding.UTF8.GetBytes(data));
        Assert.Null(key.Slot);
        Assert.Equal(key, EventKey.Of("head", Encoding.UTF8.GetBytes(data)));
        Assert.NotEqual(key, EventKey.Of("head", Encoding.UTF8.GetBytes(data + " ")));
    }

    [Fact]
    public void The_node_in_use_is_told_at_once_the_others_are_held_back()
    {
        merge.Take(Head("b", 100, 0));
        Assert.Empty(Due("a", null, 0));
        merge.Take(Head("a", 100, 5));
        Assert.Equal(["a100"], Due("a", null, 5));
        merge.Take(Head("c", 100, 9));
        Assert.Empty(Due("a", 100, 1000));
        Assert.Empty(Due("c", 100, 1000));
    }

    [Fact]
    public void A_head_that_the_node_in_use_does_not_tell_is_told_for_it_after_its_time()
    {
        merge.Take(Head("b", 100, 0));
        Assert.Equal(Ms(300), merge.NextDue);
        Assert.Empty(Due("a", 100, 299));
        Assert.Equal(["b100"], Due("a", 100, 300));
        merge.Take(Head("a", 100, 500));
        Assert.Empty(Due("a", 100, 500));
        Assert.Null(merge.NextDue);
    }

    [Fact]
    public void The_expected_head_is_told_beside_that_of_a_node_in_use_which_is_on_a_fork_at_the_same_slot()
    {
        merge.Take(Head("a", 100, 0, fork: 1));
        Assert.Equal(["a100"], Due("a", null, 0));
        merge.Take(Head("b", 100, 10));
        Assert.Empty(Due("a", 100, 309));
        Assert.Equal(["b100"], Due("a", 100, 310));
        merge.Take(Head("c", 100, 320));
        Assert.Empty(Due("a", 100, 5000));
    }

    [Fact]
    public void A_head_that_nobody_expects_is_not_told_for_the_node_in_use()
    {
        merge.Take(Head("b", 100, 0, fork: 1));
        Assert.Empty(Due("a", 100, 5000));
    }

    [Fact]
    public void An_old_head_in_waiting_does_not_hide_when_the_next_one_is_due()
    {
        merge.Take(Head("b", 99, 0, fork: 1));
        Assert.Empty(Due("a", 100, 10_000));
        merge.Take(Head("c", 100, 10_000));
        Assert.Equal(Ms(10_300), merge.NextDue);
    }

    [Fact]
    public void After_a_change_of_nodes_what_the_new_one_told_before_is_told_once_and_in_order()
    {
        foreach (var told in new[] { Head("a", 100, 0), Head("b", 100, 10), Exit("b", 1, 20), Head("b", 101, 12_000) })
        {
            merge.Take(told);
            _ = told.Node == "a" ? Due("a", null, 0).Count : 0;
        }
        Assert.Equal(["b", "b101"], Due("b", 101, 12_001));
        Assert.Empty(Due("b", 101, 13_000));
    }

    [Fact]
    public void What_was_held_too_long_is_not_told_any_more()
    {
        merge.Take(Exit("b", 1, 0));
        Assert.Empty(Due("a", null, 24_001));
        Assert.Empty(Due("b", null, 24_002));
    }

    [Fact]
    public void No_older_head_follows_a_change_of_nodes_however_fresh_it_is()
    {
        merge.Take(Head("b", 101, 0, fork: 1));
        merge.Take(Head("a", 102, 10));
        Assert.Equal(["a102"], Due("a", null, 10));
        Assert.Empty(Due("b", null, 20));
    }

    [Fact]
    public void A_node_that_is_late_does_not_take_back_the_head_that_was_told_for_it()
    {
        merge.Take(Head("b", 101, 0));
        Assert.Equal(["b101"], Due("a", 101, 300));
        merge.Take(Head("a", 100, 310));
        merge.Take(Head("a", 101, 320));
        Assert.Empty(Due("a", 101, 320));
    }

    [Fact]
    public void A_reorganisation_to_an_older_head_that_the_same_node_tells_does_pass_even_to_a_slow_client()
    {
        merge.Take(Head("a", 102, 0));
        Assert.Equal(["a102"], Due("a", null, 0));
        merge.Take(Head("a", 101, 10, fork: 1));
        Assert.Equal(["a101"], Due("a", null, 2000));
    }

    [Fact]
    public void A_burst_loses_nothing_that_the_node_in_use_told()
    {
        for (var i = 0; i < 700; i++)
            merge.Take(Exit("a", i, i * 0.01));
        for (var i = 0; i < 700; i++)
            merge.Take(Exit("b", 1000 + i, 7));
        Assert.Equal(700, Due("a", null, 8).Count);
    }

    [Fact]
    public void A_flood_does_not_make_it_grow()
    {
        for (var i = 0; i < 2000; i++)
            merge.Take(Exit("b", i, 0));
        Due("a", null, 1);
        Assert.InRange(Due("b", null, 2).Count, 1, 512);
        for (var i = 0; i < 10_000; i++)
        {
            merge.Take(Exit(i % 3 == 0 ? "a" : "b", 5000 + i, i));
            Due("a", null, i);
        }
        // "a" told 3334 of these; of what "b" told the latest are held.
        Assert.InRange(merge.Kept.Held, 1, 512);
        Assert.InRange(merge.Kept.Told, 3334, 4096);
    }

    private sealed record Step(StreamEvent? Told, string? Serving, double Ms);

    /// <summary>
    /// Three nodes tell the same heads, and something else with each, every node in order but each time with another delay, up to slots long, and now and then
    /// not at all; the node in use changes at random.
    /// </summary>
    private static readonly Arbitrary<Step[]> Histories =
        (from delays in Gen.Frequency((3, Gen.Choose(0, 3000)), (1, Gen.Choose(0, 40_000))).ArrayOf(60)
         from lost in Gen.Choose(0, 9).ArrayOf(60)
         from serving in (from node in Gen.Elements<string?>("a", "b", "c", null) from at in Gen.Choose(0, 240_000) select (node, at)).ArrayOf(8)
         select Nodes.SelectMany((n, k) => Told(n, i => delays[(i * 3) + k], i => lost[(i * 3) + k] == 0))
             .Concat(serving.Select(s => new Step(null, s.node, s.at)))
             .OrderBy(s => s.Ms).ToArray()).ToArbitrary();

    private static IEnumerable<Step> Told(string node, Func<int, int> delay, Func<int, bool> lost)
    {
        var at = 0;
        for (var i = 0; i < 20; i++)
        {
            at = Math.Max(at + 1, (i * 12_000) + delay(i));
            if (lost(i))
                continue;
            yield return new Step(Head(node, 100 + (ulong)i, at), null, at);
            yield return new Step(Exit(node, i, at), null, at);
        }
    }

    [Fact]
    public void In_any_interleaving_nothing_is_repeated_no_head_steps_back_and_nothing_is_lost_that_the_node_in_use_told() =>
        Prop.ForAll(Histories, steps =>
        {
            var (stream, serving) = (new StreamMerge(Patience, Keep), (string?)"a");
            var (told, mustTell) = (new List<StreamEvent>(), new HashSet<string>());
            Root? expected = null;
            ulong highest = 0;
            foreach (var step in steps)
            {
                if (step.Told is { } e)
                {
                    if (e.Key.Slot is { } slot && slot.Value > highest)
                        (highest, expected) = (slot.Value, Given.Block(slot.Value));
                    stream.Take(e);
                    // A head older than what is known already is the one thing that may stay out.
                    if (e.Node == serving && !(e.Key.Slot is { } s && s.Value < highest))
                        mustTell.Add(e.Key.Identity);
                }
                else
                {
                    serving = step.Serving;
                }
                told.AddRange(stream.Due(serving, expected, Ms(step.Ms)));
                if (stream.NextDue is { } next)
                    told.AddRange(stream.Due(serving, expected, next > Ms(step.Ms) && next < Ms(step.Ms + 1) ? next : Ms(step.Ms)));
            }
            told.AddRange(stream.Due(serving, expected, Ms(steps[^1].Ms + 300)));
            var identities = told.Select(e => e.Key.Identity).ToList();
            var slots = told.Where(e => e.Key.Slot is not null).Select(e => e.Key.Slot!.Value.Value).ToList();
            return identities.Distinct().Count() == identities.Count
                && slots.SequenceEqual(slots.Order())
                && mustTell.IsSubsetOf(identities);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_expected_head_is_told_exactly_when_its_time_is_over() =>
        Prop.ForAll(Gen.Choose(301, 30_000).ArrayOf().ToArbitrary(), Gen.Elements("b", "c").ArrayOf(50).ToArbitrary(), (gaps, tellers) =>
        {
            var (stream, at) = (new StreamMerge(Patience, Keep), 0);
            for (var i = 0; i < gaps.Length; i++)
            {
                at += gaps[i];
                var head = Head(tellers[i % tellers.Length], 100 + (ulong)i, at);
                stream.Take(head);
                if (stream.NextDue != head.At + Patience
                    || stream.Due("a", Given.Block(100 + (ulong)i), head.At + Patience - TimeSpan.FromTicks(1)).Count != 0
                    || stream.Due("a", Given.Block(100 + (ulong)i), head.At + Patience).Count != 1)
                    return false;
            }
            return stream.NextDue is null;
        }).QuickCheckThrowOnFailure();
}

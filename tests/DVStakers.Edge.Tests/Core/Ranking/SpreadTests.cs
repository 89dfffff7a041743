using DVStakers.Edge.Core.Ranking;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Ranking;

public sealed class SpreadTests
{
    private static SpreadNode Node(string stack, bool good = true, bool leaving = false, string clients = "a+b", bool strained = false) => new(stack, good, leaving, strained, clients);

    private static SpreadBox Home(string box, params SpreadNode[] nodes) => new(box, 3, Lends: true, nodes);

    private static readonly SpreadBox Cloud = new("cloud", 3, Lends: false, []);

    private static readonly Arbitrary<SpreadBox[]> Clusters =
        (from count in Gen.Choose(0, 7)
         from boxes in (from shares in Gen.Choose(0, 4)
                        from lends in Gen.Elements(true, true, false)
                        from nodes in (from good in Gen.Elements(true, false) from leaving in Gen.Elements(false, false, true) from clients in Gen.Elements("x", "y") select (good, leaving, clients)).ArrayOf()
                        select (shares, lends, nodes)).ArrayOf(count)
         select boxes.Select((b, i) => new SpreadBox($"box-{i}", b.shares, b.lends, [.. b.nodes.Take(3).Select((n, j) => Node($"s{j}", n.good, n.leaving, n.clients))])).ToArray()).ToArbitrary();

    [Fact]
    public void The_cloud_member_goes_to_the_second_node_of_a_home_whose_first_carries_its_own_shares()
    {
        // 3 shares each, 6 of 9 sign: two of the three participants on one node would be a threshold on it.
        var spread = Spread.Of([Cloud, Home("kili", Node("one"), Node("two")), Home("meru", Node("one"))], threshold: 6);
        Assert.Equal(new NodeId("kili", "two"), spread["cloud"][0]);
        Assert.Equal(3, spread["cloud"].Count);
        Assert.Single(spread);
    }

    [Fact]
    public void Two_that_borrow_take_different_nodes()
    {
        var spread = Spread.Of([Cloud, Cloud with { Box = "cloud-2" }, Home("kili", Node("one"), Node("two")), Home("meru", Node("one"), Node("two"))], threshold: 6);
        Assert.NotEqual(spread["cloud"][0], spread["cloud-2"][0]);
    }

    [Fact]
    public void Where_only_one_node_is_left_the_cap_gives_way()
    {
        var spread = Spread.Of([Cloud, Home("kili", Node("one"))], threshold: 6);
        Assert.Equal([new NodeId("kili", "one")], spread["cloud"]);
    }

    [Fact]
    public void A_node_that_is_about_to_leave_comes_last_and_a_box_whose_nodes_are_bad_borrows()
    {
        var spread = Spread.Of([Home("kili", Node("one", good: false)), Home("meru", Node("one"), Node("two", leaving: true)), Home("uhuru", Node("one"))], threshold: 0);
        Assert.Equal(["kili"], spread.Keys);
        Assert.Equal(new NodeId("meru", "two"), spread["kili"][^1]);
    }

    [Fact]
    public void A_box_on_mains_lends_before_one_on_a_battery_unless_it_would_carry_a_threshold()
    {
        var battery = Home("kili", Node("one", strained: true), Node("two", strained: true));
        Assert.Equal(new NodeId("meru", "two"), Spread.Of([Cloud, battery, Home("meru", Node("one"), Node("two"))], threshold: 6)["cloud"][0]);
        Assert.Equal(new NodeId("kili", "two"), Spread.Of([Cloud, battery, Home("meru", Node("one"))], threshold: 6)["cloud"][0]);
    }

    [Fact]
    public void The_rarer_pair_of_clients_breaks_a_tie()
    {
        var spread = Spread.Of([Cloud, Home("kili", Node("one", clients: "x"), Node("two", clients: "x")), Home("meru", Node("one", clients: "z"), Node("two", clients: "y"))], threshold: 6);
        Assert.Equal(new NodeId("meru", "two"), spread["cloud"][0]);
    }

    [Fact]
    public void Everybody_computes_the_same_in_whatever_order_the_view_came() =>
        Prop.ForAll(Clusters, Gen.Choose(0, 7).ToArbitrary(), (boxes, threshold) =>
        {
            var (one, other) = (Spread.Of(boxes, threshold), Spread.Of(boxes.Reverse(), threshold));
            return one.Count == other.Count && one.All(b => b.Value.SequenceEqual(other[b.Key]));
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void No_node_carries_a_threshold_while_one_with_room_is_well() =>
        Prop.ForAll(Clusters, Gen.Choose(1, 8).ToArbitrary(), (boxes, threshold) =>
        {
            var spread = Spread.Of(boxes, threshold);
            var load = new Dictionary<NodeId, int>();
            foreach (var box in boxes)
                if ((box.Nodes.FirstOrDefault(n => n is { Good: true, Leaving: false }) ?? box.Nodes.FirstOrDefault(n => n.Good)) is { } own)
                    load[new(box.Box, own.Stack)] = box.Shares;
            var lent = boxes.Where(b => b.Lends).SelectMany(b => b.Nodes.Where(n => n.Good).Select(n => new NodeId(b.Box, n.Stack))).ToList();
            foreach (var box in boxes.OrderBy(b => b.Box, StringComparer.Ordinal).Where(b => spread.ContainsKey(b.Box) && spread[b.Box].Count > 0))
            {
                var taken = spread[box.Box][0];
                var over = load.GetValueOrDefault(taken) + box.Shares >= threshold;
                if (over && lent.Any(n => n.Box != box.Box && load.GetValueOrDefault(n) + box.Shares < threshold))
                    return false;
                load[taken] = load.GetValueOrDefault(taken) + Math.Max(1, box.Shares);
            }
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Who_has_a_good_node_borrows_none_and_nobody_borrows_from_itself_or_what_is_not_lent() =>
        Prop.ForAll(Clusters, boxes =>
        {
            var spread = Spread.Of(boxes, 6);
            return boxes.All(b => spread.ContainsKey(b.Box) == !b.Nodes.Any(n => n.Good))
                && spread.All(s => s.Value.All(n => n.Box != s.Key && boxes.Single(b => b.Box == n.Box) is { Lends: true } lender && lender.Nodes.Single(x => x.Stack == n.Stack).Good));
        }).QuickCheckThrowOnFailure();
}

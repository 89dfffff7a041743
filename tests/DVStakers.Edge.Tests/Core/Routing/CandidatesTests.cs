using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Routing;

public sealed class CandidatesTests
{
    private static readonly RouteClass[] Reads =
        [RouteClass.AttestationData, RouteClass.BlockProduction, RouteClass.Aggregate, RouteClass.HeadRead, RouteClass.Read, RouteClass.Duties, RouteClass.PayloadAttestation, RouteClass.Envelope];

    private static Snapshot Of(string? serving, params (Tier Tier, ulong? Head)[] stacks) => new()
    {
        At = Given.At(100, 3),
        Spec = Given.Mainnet,
        Stacks = [.. stacks.Select((s, i) => new StackStatus
        {
            Name = $"s{i}", Tier = s.Tier, Reason = "", Since = Given.At(90, 0), Head = s.Head is { } slot ? Given.Head(slot) : null,
        })],
        Ranking = Ranker.Rank(stacks.Select((s, i) => new Entrant($"s{i}", s.Tier, ""))),
        Heads = HeadHistory.Empty.With(Given.Head(100)),
        Serving = serving,
        ServingReason = "",
        Conditions = [],
        Broker = new BrokerReading(BrokerState.NotConfigured, "", Given.At(90, 0)),
    };

    private static readonly Arbitrary<Snapshot> Snapshots =
        (from stacks in (from tier in Gen.Elements(Enum.GetValues<Tier>()) from head in Gen.Elements<ulong?>(null, 98, 99, 100) select (tier, head)).ArrayOf()
         from serving in Gen.Choose(-1, 4)
         select Of(serving >= 0 && serving < stacks.Length ? $"s{serving}" : null, stacks)).ToArbitrary();

    private static readonly Arbitrary<string?> Firsts = Gen.Elements<string?>(null, "s0", "s1", "s2", "nobody").ToArbitrary();

    private static Tier TierOf(Snapshot snapshot, string name) => snapshot.Stacks.Single(s => s.Name == name).Tier;

    [Fact]
    public void Never_in_any_snapshot_does_attestation_data_or_a_block_come_from_an_optimistic_or_syncing_node() =>
        Prop.ForAll(Snapshots, Firsts, (snapshot, first) => new[] { RouteClass.AttestationData, RouteClass.BlockProduction, RouteClass.PayloadAttestation }
            .All(route => Candidates.ForRead(snapshot, route, first).All(n => TierOf(snapshot, n) < Tier.Syncing)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void No_read_goes_to_a_node_that_is_out_while_another_is_not_and_each_node_is_asked_once() =>
        Prop.ForAll(Snapshots, Firsts, (snapshot, first) => Reads.All(route =>
        {
            var order = Candidates.ForRead(snapshot, route, first);
            return order.Distinct().Count() == order.Count && (snapshot.Stacks.All(s => s.Tier == Tier.Out) || order.All(n => TierOf(snapshot, n) != Tier.Out));
        })).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_node_that_may_answer_is_asked_and_a_good_one_before_a_bad_one() =>
        Prop.ForAll(Snapshots, snapshot => Reads.All(route =>
        {
            var order = Candidates.ForRead(snapshot, route);
            var attests = route is RouteClass.AttestationData or RouteClass.BlockProduction or RouteClass.PayloadAttestation;
            var may = snapshot.Stacks.Count(s => attests ? s.Tier.MayAttest() : s.Tier.MayRead());
            // Where none may, a plain read still tries them all: one may be back since its last probe.
            if (may == 0 && !attests)
                may = snapshot.Stacks.Count(s => !snapshot.Conditions.Any(c => c.Kind == Conditions.WrongNetwork && c.Subject == s.Name));
            return order.Count == may && order.Zip(order.Skip(1)).All(p => TierOf(snapshot, p.First).Qualifies() || !TierOf(snapshot, p.Second).Qualifies());
        })).QuickCheckThrowOnFailure();

    [Fact]
    public void What_is_signed_comes_from_a_node_on_the_expected_head_before_the_one_in_use()
    {
        var snapshot = Of("s0", (Tier.Healthy, 99), (Tier.Healthy, 100));
        Assert.Equal(["s1", "s0"], Candidates.ForRead(snapshot, RouteClass.AttestationData));
        Assert.Equal(["s1", "s0"], Candidates.ForRead(snapshot, RouteClass.BlockProduction));
        Assert.Equal(["s1", "s0"], Candidates.ForRead(snapshot, RouteClass.HeadRead));
    }

    [Fact]
    public void What_does_not_depend_on_the_head_stays_with_the_node_in_use()
    {
        var snapshot = Of("s0", (Tier.Healthy, 99), (Tier.Healthy, 100));
        Assert.Equal(["s0", "s1"], Candidates.ForRead(snapshot, RouteClass.Read));
        Assert.Equal(["s0", "s1"], Candidates.ForRead(snapshot, RouteClass.Duties));
        Assert.Equal(["s0", "s1"], Candidates.ForRead(snapshot, RouteClass.Aggregate));
        Assert.Equal(["s1", "s0"], Candidates.ForRead(snapshot, RouteClass.Aggregate, "s1"));
    }

    [Fact]
    public void The_node_in_use_is_asked_before_one_that_ranks_higher() =>
        Assert.Equal(["s1", "s0"], Candidates.ForRead(Of("s1", (Tier.Healthy, 100), (Tier.Healthy, 100)), RouteClass.AttestationData));

    [Fact]
    public void A_first_that_may_not_answer_is_not_asked() =>
        Assert.Equal(["s1"], Candidates.ForRead(Of("s1", (Tier.Optimistic, 100), (Tier.Healthy, 100)), RouteClass.BlockProduction, "s0"));

    [Fact]
    public void A_submission_goes_to_all_that_answer_the_maker_first()
    {
        var snapshot = Of("s0", (Tier.Healthy, 100), (Tier.Suspect, 100), (Tier.Optimistic, 100), (Tier.Out, 100));
        Assert.Equal(["s0", "s1", "s2"], Candidates.ForSubmission(snapshot));
        Assert.Equal(["s2", "s0", "s1"], Candidates.ForSubmission(snapshot, "s2"));
    }

    [Fact]
    public void A_node_that_recovers_gets_the_submissions_before_it_is_used()
    {
        var snapshot = Of("s0", (Tier.Healthy, 100), (Tier.Out, 100), (Tier.Out, 100));
        snapshot = snapshot with { Stacks = [.. snapshot.Stacks.Select(s => s.Name == "s2" ? s with { IsRecovering = true } : s)] };
        Assert.Equal(["s0", "s2"], Candidates.ForSubmission(snapshot));
        Assert.Equal(["s0"], Candidates.ForRead(snapshot, RouteClass.Read));
    }

    [Fact]
    public void Blocks_are_asked_for_at_once_of_stacks_of_one_tier_on_the_expected_head()
    {
        Assert.Equal(2, AsGood((Tier.Healthy, 100), (Tier.Healthy, 100), (Tier.Thin, 100)));
        Assert.Equal(1, AsGood((Tier.Healthy, 100), (Tier.Healthy, 99)));
        Assert.Equal(1, AsGood((Tier.Healthy, 99), (Tier.Healthy, 98)));
        Assert.Equal(1, AsGood((Tier.Suspect, 100), (Tier.Suspect, 100)));
        Assert.Equal(0, AsGood((Tier.Out, 100)));

        static int AsGood(params (Tier, ulong?)[] stacks)
        {
            var snapshot = Of("s0", stacks);
            return Candidates.AsGoodAsFirst(snapshot, Candidates.ForRead(snapshot, RouteClass.BlockProduction));
        }
    }

    [Fact]
    public void Of_the_peers_the_two_best_get_submissions_and_the_maker_whoever_it_is()
    {
        var peer = new PeerStanding(false, 0, false, 0);
        var snapshot = Of("s0", (Tier.Healthy, 100), (Tier.Healthy, 100), (Tier.Healthy, 100), (Tier.Healthy, 100)) with
        {
            Ranking = Ranker.Rank([new("s0", Tier.Healthy, ""), new("s1", Tier.Healthy, "", peer), new("s2", Tier.Healthy, "", peer), new("s3", Tier.Healthy, "", peer)]),
        };
        Assert.Equal(["s0", "s1", "s2"], Candidates.ForSubmission(snapshot));
        Assert.Equal(["s3", "s0", "s1"], Candidates.ForSubmission(snapshot, "s3"));
        // A block is asked for of own stacks at once, and of no peer beside them.
        Assert.Equal(1, Candidates.AsGoodAsFirst(snapshot, Candidates.ForRead(snapshot, RouteClass.BlockProduction)));
    }

    [Fact]
    public void Where_none_answers_a_submission_is_tried_on_all_but_those_of_another_network()
    {
        var snapshot = Of(null, (Tier.Out, 100), (Tier.Out, 100)) with
        {
            Conditions = [new Condition(Conditions.WrongNetwork, "s0", "", Given.At(90, 0)), new Condition(Conditions.BeaconSilent, "s1", "", Given.At(90, 0))],
        };
        Assert.Equal(["s1"], Candidates.ForSubmission(snapshot));
    }
}

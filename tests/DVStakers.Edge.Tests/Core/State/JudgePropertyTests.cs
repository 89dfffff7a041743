using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.State;

/// <summary>Whatever three stacks say, in whatever order: what must hold of every snapshot.</summary>
public sealed class JudgePropertyTests
{
    private static readonly string[] Names = ["a", "b", "c"];

    private sealed record Step(int AfterMs, string Stack, Reach Reach, int Behind, int Fork, bool Optimistic, bool Syncing, int Kind);

    private static readonly Arbitrary<Step[]> Histories =
        (from ms in Gen.Choose(1, 4000)
         from stack in Gen.Elements(Names)
         from reach in Gen.Frequency((6, Gen.Constant(Reach.Ok)), (1, Gen.Elements(Enum.GetValues<Reach>())))
         from behind in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(-2, 12)))
         from fork in Gen.Frequency((6, Gen.Constant(0)), (1, Gen.Choose(0, 1)))
         from optimistic in Gen.Frequency((8, Gen.Constant(false)), (1, Gen.Constant(true)))
         from syncing in Gen.Frequency((8, Gen.Constant(false)), (1, Gen.Constant(true)))
         from kind in Gen.Choose(0, 3)
         select new Step(ms, stack, reach, behind, fork, optimistic, syncing, kind)).ArrayOf(80).ToArbitrary();

    private static readonly EdgeConfig Config = new()
    {
        Stacks = [.. Names.Select(n => new StackConfig { Name = n, BeaconNode = new Uri("http://127.0.0.1:5052"), ExecutionClient = new Uri("http://127.0.0.1:8545") })],
    };

    private static IEnumerable<Snapshot> Play(Step[] steps)
    {
        var now = Given.At(1000, 0);
        var judge = Judge.Start(Config, now);
        foreach (var step in steps)
        {
            now = now.AddMilliseconds(step.AfterMs);
            judge = judge.Next(Observe(step, now), now);
            yield return judge.Snapshot;
        }
    }

    private static Observation? Observe(Step step, DateTimeOffset now)
    {
        var slot = (ulong)((long)Given.Mainnet.SlotAt(now).Value - step.Behind);
        var ok = step.Reach == Reach.Ok;
        return step.Kind switch
        {
            0 => new BeaconSeen(step.Stack, new BeaconReading
            {
                At = now, Reach = step.Reach, Problem = "seen", Spec = ok ? Given.Mainnet : null, Head = ok ? Given.Head(slot, step.Fork, step.Optimistic) : null,
                ExecutionHash = ok ? Given.Payload(slot, step.Fork) : null, IsOptimistic = ok && step.Optimistic, IsSyncing = ok && step.Syncing, Peers = 60,
            }),
            1 => new ExecutionSeen(step.Stack, new ExecutionReading
            {
                At = now, Reach = step.Reach, Problem = "seen", LatestHash = ok ? Given.Payload(slot, step.Fork) : null, LatestNumber = slot,
                LatestTime = Given.At(slot, 0), ChainId = 1, IsSyncing = step.Syncing,
            }),
            2 => new HeadSeen(new HeadEvent(step.Stack, Given.Head(slot, step.Fork, step.Optimistic), now)),
            _ => null,
        };
    }

    [Fact]
    public void No_attestation_comes_from_a_node_whose_last_word_is_that_it_is_optimistic_syncing_or_gone() =>
        Prop.ForAll(Histories, steps => Play(steps).All(snapshot =>
            Candidates.ForRead(snapshot, RouteClass.AttestationData).All(name =>
            {
                var stack = snapshot.Stacks.Single(s => s.Name == name);
                return stack.Head is { Optimistic: false } && stack.Beacon is { IsOptimistic: false, IsSyncing: false, Reach: not Reach.Unreachable };
            }))).QuickCheckThrowOnFailure();

    [Fact]
    public void The_expected_head_is_verified_and_not_from_the_future() =>
        Prop.ForAll(Histories, steps => Play(steps).All(s => s.ExpectedHead is not { } head || (!head.Optimistic && head.Slot <= Given.Mainnet.SlotAt(s.At).Next)))
            .QuickCheckThrowOnFailure();

    [Fact]
    public void The_ranking_holds_each_stack_once_with_its_tier_and_somebody_serves_whenever_somebody_may() =>
        Prop.ForAll(Histories, steps => Play(steps).All(s =>
            s.Ranking.Select(r => (r.Name, r.Tier)).Order().SequenceEqual(s.Stacks.Select(x => (x.Name, x.Tier)).Order())
            && (s.Serving is null) == s.Stacks.All(x => !x.Tier.MayRead())
            && (s.Serving is null || s.Stacks.Single(x => x.Name == s.Serving).Tier.MayRead())
            && s.Ready == s.Stacks.Any(x => x.Tier.Qualifies())
            && s.Ranking.All(r => r.Reason.Length > 0) && s.ServingReason.Length > 0)).QuickCheckThrowOnFailure();

    [Fact]
    public void A_stack_in_use_that_qualifies_is_left_in_the_switch_window_only() =>
        Prop.ForAll(Histories, steps =>
        {
            var past = Play(steps).ToList();
            return past.Zip(past.Skip(1)).All(p => p.First.Serving is not { } used || p.Second.Serving == used
                || !p.Second.Stacks.Single(x => x.Name == used).Tier.Qualifies() || Given.Mainnet.InSwitchWindow(p.Second.At)
                // In the first second the best one may not have been read yet.
                || p.First.Stacks.Any(x => x.Reason.Contains("not read yet", StringComparison.Ordinal) || x.Reason.Contains("not known yet", StringComparison.Ordinal)));
        }).QuickCheckThrowOnFailure();

    private static bool Good(Snapshot snapshot, string name) => snapshot.Stacks.Single(x => x.Name == name).Tier.Qualifies();

    [Fact]
    public void A_stack_that_stopped_qualifying_does_so_again_within_its_recovery_only_where_no_other_does() =>
        Prop.ForAll(Histories, steps =>
        {
            var past = Play(steps).ToList();
            foreach (var name in Names)
            {
                DateTimeOffset? lost = null;
                foreach (var (before, after) in past.Zip(past.Skip(1)))
                {
                    if (Good(before, name) && !Good(after, name))
                        lost = after.At;
                    else if (!Good(before, name) && Good(after, name) && lost is { } since && after.At - since < TimeSpan.FromSeconds(24)
                        && Names.Any(other => Good(before, other) && Good(after, other)))
                        return false;
                }
            }
            return true;
        }).QuickCheckThrowOnFailure();
}

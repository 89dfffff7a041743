using DVStakers.Edge.Core.Updates;

namespace DVStakers.Edge.Tests.Core.Updates;

/// <summary>What is seen of a new version second by second, and what that makes of it.</summary>
public sealed class TrialTests
{
    private static readonly AgentReading Routing = new(UnitStanding.Active, 10, 0, true, ProxyAnswer.Routes, "routes");
    private static readonly AgentReading Ready = Routing with { Proxy = ProxyAnswer.Own };
    private static readonly AgentReading Starting = new(UnitStanding.Starting, 10, 0, true, ProxyAnswer.Silent, "starting");

    [Fact]
    public void What_routes_for_a_while_in_one_piece_is_good()
    {
        var (verdict, at) = See(AgentStandard.Routing, s => s < 3 ? Starting : Routing);
        Assert.Equal(Verdict.Good, verdict);
        Assert.Equal(3 + Trial.Hold.TotalSeconds, at);
    }

    [Fact]
    public void What_hangs_at_its_start_is_bad_in_a_minute()
    {
        var (verdict, at) = See(AgentStandard.Routing, s => Starting with { Process = 10 + s / 30, Restarts = s / 31 });
        Assert.Equal((Verdict.Bad, Trial.ReadyWithin.TotalSeconds), (verdict, at));
    }

    [Fact]
    public void What_ends_by_itself_twice_is_bad_at_once()
    {
        var (verdict, at) = See(AgentStandard.Ready, s => s % 2 == 0 ? Ready with { Process = 10 + s, Restarts = s / 2 } : Starting with { Process = 0, Restarts = s / 2 });
        Assert.Equal(Verdict.Bad, verdict);
        Assert.InRange(at, 1, 6);
    }

    [Fact]
    public void What_ends_after_it_seemed_good_starts_its_time_anew()
    {
        var (verdict, at) = See(AgentStandard.Ready, s => Ready with { Process = s < 15 ? 10 : 11, Restarts = s < 15 ? 0 : 1 });
        Assert.Equal((Verdict.Good, 15 + Trial.Hold.TotalSeconds), (verdict, at));
    }

    [Fact]
    public void Ready_is_not_enough_where_the_old_version_routed()
    {
        var (verdict, at) = See(AgentStandard.Routing, _ => Ready);
        Assert.Equal((Verdict.Bad, Trial.RoutesWithin.TotalSeconds), (verdict, at));
        (verdict, at) = See(AgentStandard.Routing, _ => Ready, afterBoot: true);
        Assert.Equal((Verdict.Bad, Trial.RoutesWithinAfterBoot.TotalSeconds), (verdict, at));
    }

    [Fact]
    public void What_comes_and_goes_is_bad()
    {
        var (verdict, _) = See(AgentStandard.Routing, s => s % 15 == 0 ? Ready : Routing);
        Assert.Equal(Verdict.Bad, verdict);
    }

    [Fact]
    public void An_agent_that_still_runs_the_old_file_shows_nothing()
    {
        var (verdict, _) = See(AgentStandard.Routing, _ => Routing with { IsInstalled = false });
        Assert.Equal(Verdict.Bad, verdict);
    }

    [Fact]
    public void The_count_of_restarts_of_the_old_agent_is_not_held_against_the_new_one()
    {
        var (verdict, _) = See(AgentStandard.Ready, s => Ready with { Restarts = s < 2 ? 40 : 0 });
        Assert.Equal(Verdict.Good, verdict);
    }

    [Fact]
    public void An_agent_that_was_off_or_down_before_keeps_the_new_version_whatever_it_does()
    {
        Assert.Equal(Verdict.Good, new Trial(AgentStandard.Off, false).Verdict);
        Assert.Equal(Verdict.Good, See(AgentStandard.Down, _ => Starting).Verdict);
        Assert.Equal(Verdict.Good, See(AgentStandard.Down, s => Starting with { Restarts = s }).Verdict);
    }

    private static (Verdict Verdict, double At) See(AgentStandard standard, Func<int, AgentReading> at, bool afterBoot = false)
    {
        var trial = new Trial(standard, afterBoot);
        for (var s = 0; s < 3000; s++)
            if ((trial = trial.See(at(s), TimeSpan.FromSeconds(s))).Verdict != Verdict.Waiting)
                return (trial.Verdict, s);
        throw new InvalidOperationException("It never came to a verdict.");
    }
}

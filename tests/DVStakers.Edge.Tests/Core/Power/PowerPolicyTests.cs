using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using static DVStakers.Edge.Tests.Core.Power.ClientBox;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class PowerPolicyTests
{
    private static readonly string[] WholeStop = ["stop validator.service", "stop docker:charon-1", "stop beacon.service", "stop geth.service", "stop docker:besu-1"];
    private static readonly string[] WholeStart = ["start geth.service", "start docker:besu-1", "start beacon.service", "start validator.service", "start docker:charon-1"];

    private readonly ClientBox box = new();

    [Fact]
    public void On_mains_and_on_a_battery_with_time_nothing_is_done()
    {
        box.Run(600);
        box.Status = box.Battery(charge: 80, minutes: 60);
        box.Run(600);
        Assert.Empty(box.Done);
        Assert.Equal(OutagePhase.None, box.Outage.Phase);
    }

    [Fact]
    public void A_whole_outage_validator_first_execution_last_and_back_in_reverse()
    {
        box.Status = box.Battery(charge: 34);
        Assert.True(box.Until(() => box.IsOff));
        Assert.Equal([.. WholeStop, "power off"], box.Done);

        box.Reboot();
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None && box[Validator].Activity == Activity.Running));
        Assert.Equal([.. WholeStop, "power off", "boot", .. WholeStart], box.Done);
    }

    [Theory]
    [InlineData(80, 9.9, false, true)]
    [InlineData(80, 10.1, false, false)]
    [InlineData(35, null, false, true)]
    [InlineData(36, null, false, false)]
    [InlineData(90, 90.0, true, true)]
    public void It_begins_by_run_time_by_charge_or_by_the_UPSs_own_word(double charge, double? minutes, bool low, bool begins)
    {
        box.Status = box.Battery(charge, minutes, low);
        box.Run(2);
        Assert.Equal(begins, box.Outage.Phase == OutagePhase.Stopping);
    }

    [Fact]
    public void Clients_that_need_longer_are_told_earlier()
    {
        var slow = new ClientBox(new PowerConfig { Model = "nut", Validator = [Validator], Execution = [Geth], ExecutionSeconds = 1000 });
        slow.Status = slow.Battery(charge: 90, minutes: 20);
        slow.Run(2);
        Assert.Equal(OutagePhase.None, slow.Outage.Phase);
        slow.Status = slow.Battery(charge: 90, minutes: 19);
        slow.Run(2);
        Assert.Contains("because the clients need that long", slow.Outage.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Contacts_that_tell_no_charge_give_it_five_minutes()
    {
        box.Status = box.Battery(charge: null);
        box.Run(298);
        Assert.Empty(box.Done);
        box.Run(5);
        Assert.Equal("stop validator.service", box.Done[0]);
    }

    [Fact]
    public void A_client_over_its_budget_holds_nobody_up_and_the_box_waits_for_it_before_it_goes_off()
    {
        box[Validator].StopSeconds = 700;
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box.Done.Contains("stop beacon.service"), seconds: 40));
        Assert.Contains("validator.service: it has not stopped within 20 s", box.Outage.Problems.Single(), StringComparison.Ordinal);
        Assert.True(box.Until(() => box.IsOff, seconds: 710));
        Assert.Equal(Activity.Down, box[Validator].Activity);
    }

    [Fact]
    public void One_that_never_stops_is_waited_for_twenty_minutes_and_never_killed()
    {
        box[Geth].StopSeconds = 1e6;
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box.IsOff, seconds: 1300));
        Assert.Equal(Activity.Ending, box[Geth].Activity);
        Assert.Equal([.. WholeStop, "power off"], box.Done);
    }

    [Fact]
    public void What_a_person_stopped_stays_stopped()
    {
        box[Besu].Activity = Activity.Down;
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box.IsOff));
        box.Reboot();
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        Assert.DoesNotContain(box.Done, d => d.Contains("besu", StringComparison.Ordinal));
        Assert.Equal(Activity.Down, box[Besu].Activity);
        Assert.Equal(Activity.Running, box[Validator].Activity);
    }

    [Fact]
    public void Mains_back_in_the_middle_stop_nobody_more_and_when_they_last_all_comes_back()
    {
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box.Done.Contains("stop beacon.service")));
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None && box[Validator].Activity == Activity.Running));
        Assert.Equal([.. WholeStop[..3], "start beacon.service", "start validator.service", "start docker:charon-1"], box.Done);
        Assert.False(box.IsOff);
    }

    [Fact]
    public void Mains_that_come_for_half_a_minute_change_nothing()
    {
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box.Done.Contains("stop beacon.service")));
        box.Status = box.Mains();
        box.Run(30);
        Assert.Equal(3, box.Done.Count);
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box.IsOff));
        Assert.Equal([.. WholeStop, "power off"], box.Done);
    }

    [Fact]
    public void Mains_back_as_the_last_client_stops_keep_the_box_on()
    {
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box.Done.Contains("stop docker:besu-1")));
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        Assert.False(box.IsOff);
        Assert.Equal([.. WholeStop, .. WholeStart], box.Done);
    }

    [Fact]
    public void The_agents_own_restart_in_the_middle_changes_nothing()
    {
        box.Status = box.Battery(charge: 10);
        while (!box.IsOff && box.Now.Year < 2027)
        {
            box.Second();
            box.RestartAgent();
        }
        Assert.Equal([.. WholeStop, "power off"], box.Done);
    }

    [Fact]
    public void After_the_agents_restart_nobody_is_stopped_before_the_UPS_was_asked()
    {
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box[Validator].Activity == Activity.Down));
        box.RestartAgent();
        var done = box.Done.Count;
        box.Status = new() { Source = PowerSource.Unknown, Reason = "not read yet" };
        box.Run(30);
        Assert.Equal(done, box.Done.Count);
        // Nobody tells: it was on battery when it was last seen.
        box.Status = box.Status with { Trouble = "gone" };
        Assert.True(box.Until(() => box.IsOff));
    }

    [Fact]
    public void At_the_boot_network_and_clock_come_first_and_not_for_ever()
    {
        box.Status = box.Battery(charge: 10);
        box.Until(() => box.IsOff);
        box.Reboot();
        box.Status = box.Mains();
        box.IsReady = false;
        box.Run(590);
        Assert.DoesNotContain(box.Done, d => d.StartsWith("start", StringComparison.Ordinal));
        box.Run(60);
        Assert.Contains("start validator.service", box.Done);
    }

    [Fact]
    public void What_systemd_started_at_the_boot_is_not_started_twice()
    {
        box.Status = box.Battery(charge: 10);
        box.Until(() => box.IsOff);
        box.Reboot(Geth, Beacon, Validator);
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        Assert.Equal(["start docker:besu-1", "start docker:charon-1"], box.Done.Where(d => d.StartsWith("start", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_broken_execution_client_is_tried_again_and_does_not_keep_the_validator_down_for_ever()
    {
        box.Status = box.Battery(charge: 10);
        box.Until(() => box.IsOff);
        box.Reboot();
        box[Geth].Broken = true;
        box.Status = box.Mains();
        box.Run(590);
        Assert.DoesNotContain("start validator.service", box.Done);
        Assert.True(box.Done.Count(d => d == "start geth.service") > 10);
        box.Run(60);
        Assert.Contains("start validator.service", box.Done);
        Assert.Contains(box.Outage.Problems, p => p.StartsWith("geth.service", StringComparison.Ordinal));
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None, seconds: 3600));
    }

    [Fact]
    public void A_battery_that_ends_again_while_all_comes_back_stops_all_again()
    {
        box.Status = box.Battery(charge: 10);
        box.Until(() => box.IsOff);
        box.Reboot();
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Done.Contains("start beacon.service")));
        box.Status = box.Battery(charge: 8);
        Assert.True(box.Until(() => box.IsOff));
        Assert.Equal(["stop beacon.service", "stop geth.service", "stop docker:besu-1", "power off"], box.Done[^4..]);
        box.Reboot();
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        Assert.All(box.Config.Clients, c => Assert.Equal(Activity.Running, box[c].Activity));
    }

    [Fact]
    public void Where_upsmon_switches_the_box_off_the_agent_does_not()
    {
        var nut = new ClientBox(new PowerConfig { Model = "nut", Validator = [Validator], Execution = [Geth] });
        nut.Status = nut.Battery(charge: 10);
        nut.Run(3600);
        Assert.Equal(["stop validator.service", "stop geth.service"], nut.Done);
        Assert.Equal(OutagePhase.Stopped, nut.Outage.Phase);
        nut.Status = nut.Mains();
        Assert.True(nut.Until(() => nut.Outage.Phase == OutagePhase.None));
        Assert.Equal(["start geth.service", "start validator.service"], nut.Done[2..]);
    }

    [Fact]
    public void A_forced_shutdown_stops_all_whatever_is_left()
    {
        box.Status = box.Mains(TimeSpan.FromHours(1)) with { Forced = true };
        box.Run(3);
        Assert.Equal("stop validator.service", box.Done[0]);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(-5)]
    public void A_clock_that_is_set_by_hours_while_clients_wait_to_be_started_starts_them_all(int hours)
    {
        box.Status = box.Battery(charge: 34);
        Assert.True(box.Until(() => box.IsOff));
        box.Reboot();
        box.Status = box.Mains();
        box.IsReady = false;
        box.Run(60);
        box.SetClock(TimeSpan.FromHours(hours));
        box.Run(60);
        Assert.Equal(OutagePhase.Returning, box.Outage.Phase);
        Assert.DoesNotContain(box.Done, d => d.StartsWith("start", StringComparison.Ordinal));
        box.IsReady = true;
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        Assert.Equal([.. WholeStop, "power off", "boot", .. WholeStart], box.Done);
    }
}

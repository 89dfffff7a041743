using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using static DVStakers.Edge.Tests.Core.Power.ClientBox;

namespace DVStakers.Edge.Tests.Core.Power;

/// <summary>Somebody holds the button: the same stop as at the end of a battery, and the box goes off whatever the power is.</summary>
public sealed class ShutdownByHandTests
{
    private static readonly string[] WholeStop = ["stop validator.service", "stop docker:charon-1", "stop beacon.service", "stop geth.service", "stop docker:besu-1"];
    private static readonly string[] WholeStart = ["start geth.service", "start docker:besu-1", "start beacon.service", "start validator.service", "start docker:charon-1"];

    private readonly ClientBox box = new() { IsAsked = true };

    [Fact]
    public void On_mains_all_stop_in_order_the_box_goes_off_and_its_next_start_starts_them_again()
    {
        Assert.True(box.Until(() => box.IsOff));
        Assert.Equal([.. WholeStop, "power off"], box.Done);
        Assert.True(box.Outage.ByPerson);

        box.Reboot();
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None && box[Validator].Activity == Activity.Running));
        Assert.Equal([.. WholeStop, "power off", "boot", .. WholeStart], box.Done);
    }

    [Fact]
    public void Without_a_UPS_too()
    {
        box.Status = PowerStatus.Unwatched;
        Assert.True(box.Until(() => box.IsOff));
        box.Reboot();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        Assert.Equal([.. WholeStop, "power off", "boot", .. WholeStart], box.Done);
    }

    [Fact]
    public void Also_where_upsmon_would_switch_the_box_off()
    {
        var nut = new ClientBox(new PowerConfig { Model = "nut", Validator = [Validator], Execution = [Geth] }) { IsAsked = true };
        Assert.True(nut.Until(() => nut.IsOff));
        Assert.Equal(["stop validator.service", "stop geth.service", "power off"], nut.Done);
    }

    [Fact]
    public void What_a_person_stopped_before_stays_stopped()
    {
        box[Besu].Activity = Activity.Down;
        Assert.True(box.Until(() => box.IsOff));
        box.Reboot();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        Assert.DoesNotContain(box.Done, d => d.Contains("besu", StringComparison.Ordinal));
    }

    [Fact]
    public void Killed_and_started_anew_in_every_second_it_is_the_same()
    {
        while (!box.IsOff && box.Now.Year < 2027)
        {
            box.Second();
            box.RestartAgent();
        }
        Assert.Equal([.. WholeStop, "power off"], box.Done);
    }

    [Fact]
    public void Asked_for_while_the_battery_ends_mains_do_not_bring_it_back()
    {
        box.IsAsked = false;
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box.Done.Contains("stop beacon.service")));
        box.IsAsked = true;
        box.Second();
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.IsOff));
        Assert.Equal([.. WholeStop, "power off"], box.Done);
    }

    [Fact]
    public void Asked_for_while_all_comes_back_it_goes_off()
    {
        Assert.True(box.Until(() => box.IsOff));
        box.Reboot();
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Done.Contains("start beacon.service")));
        box.IsAsked = true;
        Assert.True(box.Until(() => box.IsOff));
        Assert.Equal(["stop beacon.service", "stop geth.service", "stop docker:besu-1", "power off"], box.Done[^4..]);
        box.Reboot();
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        Assert.All(box.Config.Clients, c => Assert.Equal(Activity.Running, box[c].Activity));
    }

    [Fact]
    public void A_battery_that_ends_at_the_next_start_is_an_outage_of_its_own()
    {
        Assert.True(box.Until(() => box.IsOff));
        box.Reboot(Geth, Beacon, Validator);
        box.Status = box.Battery(charge: 10);
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.Stopping));
        Assert.False(box.Outage.ByPerson);
        Assert.Equal("stop validator.service", box.Done[^1]);
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None && box[Validator].Activity == Activity.Running));
    }

    [Fact]
    public void A_box_that_cannot_be_switched_off_goes_back_to_its_duties()
    {
        box.StaysOn = true;
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.PoweringOff));
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.Returning, seconds: PowerPolicy.OffAgain.TotalSeconds + 5));
        Assert.Equal("the box could not be switched off", box.Outage.Reason);
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        Assert.Equal([.. WholeStop, "power off", .. WholeStart], box.Done);
    }

    [Fact]
    public void A_client_that_may_not_be_stopped_keeps_the_box_on_for_its_budget_and_no_longer()
    {
        box[Geth].Refuses = true;
        Assert.True(box.Until(() => box.IsOff, seconds: 3 + 12 + box.Config.ExecutionSeconds + 10));
        Assert.Contains(box.Outage.Problems, p => p == "geth.service: access denied");
        Assert.Equal(Activity.Running, box[Geth].Activity);
    }
}

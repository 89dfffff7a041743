using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using FsCheck;
using FsCheck.Fluent;
using static DVStakers.Edge.Tests.Core.Power.ClientBox;

namespace DVStakers.Edge.Tests.Core.Power;

/// <summary>
/// Whatever the UPS says and whenever: the box itself (<see cref="ClientBox"/>) fails when the order is broken, when a client is stopped on mains, when a validator is started before what is behind it,
/// and when the power goes under a client that runs. There is no action that kills.
/// </summary>
public sealed class PowerPolicyPropertyTests
{
    private enum Event
    {
        Mains,
        SteadyMains,
        BatteryFull,
        BatteryLow,
        Silent,
        Blind,
        Forced,
        RestartAgent,
        PowerCut,
        PersonStops,
        NotReady,
        Button,
    }

    private static readonly Gen<(Event What, int Seconds)> Step =
        from what in Gen.Elements(Enum.GetValues<Event>())
        from seconds in Gen.Frequency((3, Gen.Choose(1, 40)), (1, Gen.Choose(40, 900)))
        select (what, seconds);

    [Fact]
    public void The_promises_hold_whatever_comes() => Prop.ForAll(Step.ListOf().ToArbitrary(), Gen.Choose(0, 3).ListOf(5).ToArbitrary(), (steps, slowness) =>
    {
        var box = Box(slowness);
        foreach (var (what, seconds) in steps)
            Bring(box, what, seconds);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(40));

    [Fact]
    public void Every_outage_ends_once_the_power_holds_still() => Prop.ForAll(Step.ListOf().ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (steps, mains) =>
    {
        var box = Box([0, 1, 0, 2, 1]);
        foreach (var (what, seconds) in steps)
            Bring(box, what, seconds);
        box.IsReady = true;
        if (mains)
        {
            box.Status = box.Mains();
            box.Until(() => box.Outage.Phase == OutagePhase.None, seconds: 2 * 3600);
            if (box.IsOff)
            {
                // By the button; somebody switches it on again.
                box.Reboot();
                box.Status = box.Mains();
                box.Until(() => box.Outage.Phase == OutagePhase.None, seconds: 2 * 3600);
            }
            Assert.True(box.Outage.Phase == OutagePhase.None, $"{box.Outage.Phase} for ever");
            Assert.All(box.Outage.Clients, c => Assert.NotEqual(ClientStage.Stopped, c.Stage));
        }
        else
        {
            box.Status = box.Battery(charge: 5);
            Assert.True(box.Until(() => box.IsOff, seconds: 2 * 3600), $"{box.Outage.Phase} for ever");
        }
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200).WithEndSize(30));

    [Fact]
    public void What_ran_before_runs_after_and_what_did_not_does_not() => Prop.ForAll(Gen.Choose(0, 31).ToArbitrary(), Gen.Choose(1, 600).ToArbitrary(), Gen.Elements(true, false).ToArbitrary(), (running, seconds, cut) =>
    {
        var box = Box([0, 0, 0, 0, 0]);
        var clients = box.Config.Clients.ToList();
        for (var i = 0; i < clients.Count; i++)
            box[clients[i]].Activity = (running >> i & 1) == 1 ? Activity.Running : Activity.Down;
        box.Status = box.Battery(charge: 10);
        // At any moment of it the power is back, or the box goes dark and boots.
        box.Until(() => box.IsOff, seconds);
        if (cut || box.IsOff)
            box.Reboot();
        box.Status = box.Mains();
        Assert.True(box.Until(() => box.Outage.Phase == OutagePhase.None));
        if (box.Done.Contains("boot") || box.Done.Count > 0)
            for (var i = 0; i < clients.Count; i++)
                Assert.Equal((running >> i & 1) == 1 ? Activity.Running : Activity.Down, box[clients[i]].Activity);
    }).Check(Config.QuickThrowOnFailure.WithMaxTest(200));

    private static ClientBox Box(IList<int> slowness)
    {
        var box = new ClientBox();
        foreach (var (unit, slow) in box.Config.Clients.Zip(slowness))
            box[unit].StopSeconds = slow switch { 0 => 2, 1 => 45, 2 => 400, _ => 1e6 };
        return box;
    }

    private static void Bring(ClientBox box, Event what, int seconds)
    {
        switch (what)
        {
            case Event.Mains: box.Status = box.Mains(); break;
            case Event.SteadyMains: box.Status = box.Mains(TimeSpan.FromMinutes(5)); break;
            case Event.BatteryFull: box.Status = box.Battery(charge: 95, minutes: 120); break;
            case Event.BatteryLow: box.Status = box.Battery(charge: 20); break;
            case Event.Silent: box.Status = new() { Source = PowerSource.Unknown, Reason = "", Trouble = "gone" }; break;
            case Event.Blind: box.Status = box.Battery(charge: null); break;
            case Event.Forced: box.Status = box.Battery(charge: 60) with { Forced = true }; break;
            case Event.RestartAgent: box.RestartAgent(); break;
            case Event.PowerCut: box.Reboot(Geth, Beacon); break;
            case Event.PersonStops when box.Outage.Phase == OutagePhase.None: box[Besu].Activity = Activity.Down; break;
            case Event.NotReady: box.IsReady = !box.IsReady; break;
            case Event.Button: box.IsAsked = true; break;
        }
        box.Run(seconds);
        if (box.IsOff)
        {
            box.Reboot();
            box.Status = box.Mains();
            box.Run(5);
        }
    }
}

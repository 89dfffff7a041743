using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class PowerScreenTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 10, 0, TimeSpan.Zero);

    private static readonly PowerConfig Config = new()
    {
        Model = "waveshare-ups-hat-e", Bus = "i2c-1", Cut = true,
        Validator = [ClientUnit.Parse(ClientRole.Validator, "lighthousevalidator")!, ClientUnit.Parse(ClientRole.Validator, "docker:charon-1")!],
        Consensus = [ClientUnit.Parse(ClientRole.Consensus, "lighthousebeacon")!],
        Execution = [ClientUnit.Parse(ClientRole.Execution, "geth")!],
    };

    private static readonly PowerStatus OnBattery = new()
    {
        Source = PowerSource.Battery, Reason = "mains are gone", Since = Now - TimeSpan.FromMinutes(7), ChargePercent = 62.26, RunTimeLeft = TimeSpan.FromMinutes(94),
        Last = new() { OnMains = false, ChargePercent = 62.3, Volts = 15.2, Amperes = -1.85 }, LastAt = Now - TimeSpan.FromSeconds(1),
    };

    [Fact]
    public void What_the_UPS_says_at_80_columns() => Assert.Equal("""
        Power · Waveshare UPS HAT (E)
        ! on battery for 7 min: mains are gone
          charge         62.3 %
          run time left  1 h 34 min
          battery        15.20 V, 1.85 A out
          last read      1 s ago
        ── What is wrong ───────────────────────────────────────────────────────────────
        ! On battery: mains are gone. See what took the mains away; the clients are
          stopped in order before the battery ends (dvstakers-edge power plan).

        """, PowerScreen.Show(UpsReport.Of(Config.Model, Snapshots.Of([], [Snapshots.Condition(Conditions.OnBattery, "agent") with { Detail = "mains are gone" }]) with { Power = OnBattery }), Now, 80, new Ink(false)));

    [Fact]
    public void On_mains_and_without_a_UPS()
    {
        var mains = new PowerStatus { Source = PowerSource.Mains, Reason = "", Since = Now - TimeSpan.FromHours(30) };
        Assert.Contains("● on mains for 30 h 0 min\n", PowerScreen.Show(UpsReport.Of("nut", Snapshots.Of([]) with { Power = mains }), Now, 80, new Ink(false)), StringComparison.Ordinal);
        Assert.Equal("Power · nothing watches it (no power in the configuration)\n", PowerScreen.Show(UpsReport.Of(null, Snapshots.Of([])), Now, 80, new Ink(false)));
    }

    [Fact]
    public void The_plan_at_80_columns() => Assert.Equal("""
        What would happen in an outage · Waveshare UPS HAT (E)
          Now: nothing: on battery, with time left.
        ── The stop begins, on battery, whichever comes first ──────────────────────────
          at 10 min of run time left (power.stop-below-minutes)
          at 35 % of charge (power.stop-below-percent)
          when the UPS says that its battery is low, or falls silent on battery
        ── Then, in this order; nobody is ever killed ──────────────────────────────────
            0:00  validator: lighthousevalidator.service
                  its last stop took 4 s; at most 20 s before the next are told
            0:00  validator: docker:charon-1
                  it does not run, so it is left alone, then and afterwards
            0:06  consensus: lighthousebeacon.service
                  not measured yet, so its budget: at most 60 s before the next are told
            1:06  execution: geth.service
                  its last stop took 42 s; at most 300 s before the next are told
                ! systemd kills it after 90 s: raise TimeoutStopSec
            2:09  the box goes off; the UPS then takes the power away (the power goes in
                  about 30 s, whatever happens, and comes back with the mains)
            2:39  the power may go
        ── When mains are back ─────────────────────────────────────────────────────────
          mains that last for 60 s before the box is off: what was stopped is started
          again, the box stays on
          at the next boot: the network and the clock first, 10 min at most
          then geth.service, as far as this agent stopped it
          then lighthousebeacon.service, as far as this agent stopped it
          then lighthousevalidator.service, docker:charon-1, as far as this agent
          stopped them

        """, PowerScreen.Plan(Plan(), 80, new Ink(false)));

    [Fact]
    public void Without_a_UPS_there_is_the_button()
    {
        var none = Config with { Model = "none", Cut = false };
        Assert.Equal("""
            Power · No UPS
              the clients are stopped in order by the panel's button alone

            """, PowerScreen.Show(UpsReport.Of("none", Snapshots.Of([])), Now, 80, new Ink(false)));
        var plan = PowerPlan.Of(none, new(PowerStatus.Unwatched, Now, "", new Dictionary<ClientUnit, ClientFacts>(), true));
        Assert.Equal(["only by the panel's button, held for 10 s: there is no UPS"], plan.Begins);
        Assert.Equal(("the box goes off", 0), (plan.AtTheEnd, plan.Warnings.Count));
        Assert.StartsWith("at the next boot", plan.OnReturn[0], StringComparison.Ordinal);
    }

    [Fact]
    public void The_plan_as_JSON_says_the_same()
    {
        var json = System.Text.Json.JsonSerializer.Serialize(Plan(), PowerPlanJson.Default.PowerPlan);
        Assert.Contains("\"needed_seconds\": 159", json, StringComparison.Ordinal);
        Assert.Contains("\"client\": \"docker:charon-1\"", json, StringComparison.Ordinal);
    }

    private static PowerPlan Plan()
    {
        var clients = Config.Clients.ToList();
        return PowerPlan.Of(Config, new(OnBattery, Now, "", new Dictionary<ClientUnit, ClientFacts>
        {
            [clients[0]] = new(Activity.Running, LastStop: TimeSpan.FromSeconds(4)),
            [clients[1]] = new(Activity.Down),
            [clients[2]] = new(Activity.Running),
            [clients[3]] = new(Activity.Running, KilledAfter: TimeSpan.FromSeconds(90), LastStop: TimeSpan.FromSeconds(42)),
        }, true));
    }
}

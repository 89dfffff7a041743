using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Tests.Core.State;

/// <summary>From a reading of the UPS to the snapshot, the conditions and the LED.</summary>
public sealed class PowerTests
{
    private DateTimeOffset now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private Judge judge;

    public PowerTests() => judge = Judge.Start(new EdgeConfig { Power = new PowerConfig { Model = "nut" } }, now);

    private IEnumerable<string> Codes => judge.Snapshot.Conditions.Select(c => c.Kind.Code).Where(c => c != "no-stack");

    private (string Word, bool) Led => (PanelDecision.Of(judge.Snapshot).Power.Pattern.Word, true);

    private void Read(int seconds, Observation? seen)
    {
        for (var i = 0; i < seconds; i++)
            judge = judge.Next(seen, now += TimeSpan.FromSeconds(1));
    }

    private static UpsRead Ups(bool mains, double charge = 80, bool low = false) => new(new PowerReading { OnMains = mains, ChargePercent = charge, Low = low });

    [Fact]
    public void An_outage_is_in_the_snapshot_the_conditions_and_the_LED()
    {
        Read(3, Ups(true));
        Assert.Equal((PowerSource.Mains, "solid"), (judge.Snapshot.Power.Source, Led.Word));
        Assert.Empty(Codes);

        Read(4, Ups(false));
        Assert.Equal((PowerSource.Battery, "blip"), (judge.Snapshot.Power.Source, Led.Word));
        Assert.Equal(["on-battery"], Codes);

        Read(7, Ups(false, charge: 70, low: true));
        Assert.Equal("fast blink", Led.Word);
        Assert.Equal(["battery-low"], Codes);

        Read(1, new OutageSeen(new(true, false, "the battery is at 30 %", ["geth.service: it hangs"], [])));
        Assert.True(judge.Snapshot.Power.Stopping);
        Assert.Equal(["battery-low", "stopping-for-power", "stop-failed"], Codes);

        Read(10, Ups(true));
        Assert.Equal(["stopping-for-power", "stop-failed"], Codes);
        Read(1, new OutageSeen(OutageReading.None));
        Assert.Equal("solid", Led.Word);
        Assert.Empty(Codes);
    }

    [Fact]
    public void A_UPS_that_says_nothing_is_a_condition_though_no_observation_comes()
    {
        Read(3, Ups(true));
        Read(20, null);
        Assert.Equal((PowerSource.Unknown, "off"), (judge.Snapshot.Power.Source, Led.Word));
        Assert.Equal(["ups-silent"], Codes);
        Read(20, new UpsRead(PowerReading.Nonsense("every bit is one")));
        Assert.Equal(["ups-nonsense"], Codes);
    }

    [Fact]
    public void A_shutdown_by_hand_is_a_condition_of_its_own_and_needs_no_UPS()
    {
        judge = Judge.Start(new EdgeConfig { Power = new PowerConfig { Model = "none" } }, now);
        Read(30, null);
        Assert.Equal((PowerStatus.Unwatched, "off"), (judge.Snapshot.Power, Led.Word));
        Assert.Empty(Codes);

        Read(1, new OutageSeen(new(true, false, "the button", [], []) { ByPerson = true }));
        Assert.Equal(["shutting-down"], Codes);
        Assert.Equal((true, "fast blink"), (judge.Snapshot.Power.IsEnding, Led.Word));
        Assert.Equal("fast blink", PanelDecision.Of(judge.Snapshot).Single.Pattern.Word);
        Assert.True(DVStakers.Edge.Core.Messages.PowerEntry.Of(judge.Snapshot.Power)!.Stopping);
    }

    [Fact]
    public void Without_a_UPS_in_the_configuration_nothing_is_said_of_power()
    {
        judge = Judge.Start(new EdgeConfig(), now);
        Read(30, null);
        Assert.Equal((PowerStatus.Unwatched, "off"), (judge.Snapshot.Power, Led.Word));
        Assert.Empty(Codes);
    }
}

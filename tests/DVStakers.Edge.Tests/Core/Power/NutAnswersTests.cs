using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class NutAnswersTests
{
    [Theory]
    [InlineData("OL", true, false, false)]
    [InlineData("OL CHRG", true, false, false)]
    [InlineData("OB DISCHRG", false, false, false)]
    [InlineData("OB LB", false, true, false)]
    [InlineData("OL OB", false, false, false)]
    [InlineData("FSD OB LB", false, true, true)]
    [InlineData("FSD OL", true, false, true)]
    [InlineData("FSD", false, false, true)]
    [InlineData("OL BYPASS TRIM SOMETHING-NEW", true, false, false)]
    [InlineData("ALARM OL RB", true, false, false)]
    public void The_status_is_read_token_by_token_and_unknown_ones_are_passed_over(string status, bool mains, bool low, bool forced)
    {
        var reading = NutAnswers.Parse(new Dictionary<string, string> { ["ups.status"] = status, ["battery.charge"] = "87", ["battery.runtime"] = "1200", ["battery.voltage"] = "13.4" });
        Assert.Equal((mains, low, forced, status.Contains("RB")), (reading.OnMains, reading.Low, reading.Forced, reading.Replace));
        Assert.Equal((87d, TimeSpan.FromMinutes(20), 13.4), (reading.ChargePercent, reading.RunTimeLeft, reading.Volts));
    }

    [Theory]
    [InlineData("WAIT", false)]
    [InlineData("CAL", true)]
    [InlineData("", true)]
    public void A_status_that_tells_no_source_is_none(string status, bool answered)
    {
        var reading = NutAnswers.Parse(new Dictionary<string, string> { ["ups.status"] = status });
        Assert.Equal((false, answered), (reading.IsGood, reading.Answered));
    }

    [Fact]
    public void Numbers_that_are_none_are_left_out()
    {
        var reading = NutAnswers.Parse(new Dictionary<string, string> { ["ups.status"] = "OB", ["battery.charge"] = "full", ["battery.runtime"] = "-1" });
        Assert.Equal((null, null), (reading.ChargePercent, reading.RunTimeLeft));
        Assert.False(NutAnswers.Parse(new Dictionary<string, string> { ["ups.status"] = "OB", ["battery.charge"] = "655.35" }).IsGood);
    }

    [Theory]
    [InlineData("""VAR ups battery.charge "100" """, "battery.charge", "100")]
    [InlineData("""VAR ups ups.mfr "An \"odd\" \\ maker" """, "ups.mfr", """An "odd" \ maker""")]
    [InlineData("""VAR ups ups.id "" """, "ups.id", "")]
    [InlineData("VAR ups broken 12", null, null)]
    [InlineData("BEGIN LIST VAR ups", null, null)]
    public void A_line_is_a_name_and_a_quoted_value(string line, string? name, string? value)
    {
        var variable = NutAnswers.Variable(line.TrimEnd());
        Assert.Equal((name, value), (variable?.Name, variable?.Value));
    }

    [Theory]
    [InlineData("ERR DATA-STALE", "is the cable in")]
    [InlineData("ERR DRIVER-NOT-CONNECTED", "its driver does not run")]
    [InlineData("ERR UNKNOWN-UPS", "no UPS named ups")]
    [InlineData("ERR SOMETHING-NEW", "SOMETHING-NEW")]
    [InlineData("HTTP/1.1 400 Bad Request", "is that its port?")]
    public void An_error_says_what_to_do(string line, string words) => Assert.Contains(words, NutAnswers.Error(line, "ups"), StringComparison.Ordinal);

    [Theory]
    [InlineData("Discharging", null, false)]
    [InlineData("Charging", null, true)]
    [InlineData("Not charging", null, true)]
    [InlineData("Charging", false, false)]
    [InlineData("Unknown", true, true)]
    public void The_kernels_battery_is_read_by_its_status_or_the_adapter(string status, bool? online, bool mains)
    {
        var reading = new SupplyFacts(true, status, 71, "Normal", 12.3, 0.9, TimeSpan.FromMinutes(40), "Good").Parse(online);
        Assert.Equal((mains, 71d), (reading.OnMains, reading.ChargePercent));
        Assert.Equal(mains ? null : TimeSpan.FromMinutes(40), reading.RunTimeLeft);
        Assert.Equal(status == "Discharging" ? -0.9 : 0.9, reading.Amperes);
    }

    [Fact]
    public void A_battery_that_tells_no_mains_is_nonsense() => Assert.Contains("mains-supply",
        new SupplyFacts(true, "Unknown", 71, null, null, null, null, null).Parse(null).Problem, StringComparison.Ordinal);

    [Fact]
    public void What_systemd_says_of_units()
    {
        var facts = UnitAnswers.Systemd("""
            Id=geth.service
            LoadState=loaded
            ActiveState=active
            TimeoutStopUSec=1min 30s
            SendSIGKILL=yes
            ActiveExitTimestampMonotonic=1000000
            InactiveEnterTimestampMonotonic=43500000

            Id=validator.service
            LoadState=loaded
            ActiveState=failed
            TimeoutStopUSec=infinity
            SendSIGKILL=yes
            ActiveExitTimestampMonotonic=0
            InactiveEnterTimestampMonotonic=0

            Id=nothing.service
            LoadState=not-found
            ActiveState=inactive
            TimeoutStopUSec=1min 30s

            Id=teku.service
            LoadState=loaded
            ActiveState=deactivating
            TimeoutStopUSec=1min 30s
            SendSIGKILL=no
            """.ReplaceLineEndings("\n"));
        Assert.Equal(
            [
                new ClientFacts(Activity.Running, KilledAfter: TimeSpan.FromSeconds(90), LastStop: TimeSpan.FromSeconds(42.5)),
                new ClientFacts(Activity.Down),
                new ClientFacts(Activity.Down, Error: "systemd knows no unit of this name"),
                new ClientFacts(Activity.Ending),
            ], facts);
        Assert.Equal(TimeSpan.FromMinutes(20), UnitAnswers.Span("20min"));
        Assert.Equal(Activity.Starting, UnitAnswers.Docker("restarting\n").Activity);
        Assert.Equal(Activity.Down, UnitAnswers.Docker("exited\n").Activity);
    }
}

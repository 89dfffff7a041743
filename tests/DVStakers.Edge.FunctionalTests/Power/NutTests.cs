using DVStakers.Edge.Agent.Power;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.FunctionalTests.Power;

/// <summary>The NUT client against a real NUT server.</summary>
public sealed class NutTests
{
    private static NutUps Client(NutServer nut, string ups = NutServer.Ups) => new("127.0.0.1", nut.Port, ups, null, null, TimeProvider.System);

    /// <summary>Asks until it says so; the driver looks at its file once a second.</summary>
    private static async Task<PowerReading> Until(NutUps ups, Func<PowerReading, bool> fits)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromSeconds(60);
        while (true)
        {
            var reading = await ups.Read(CancellationToken.None);
            if (fits(reading))
                return reading;
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"it still says {reading}");
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System);
        }
    }

    [Fact]
    public async Task On_line_on_battery_low_and_forced()
    {
        await using var nut = await NutServer.Start("OL CHRG");
        using var ups = Client(nut);
        var reading = await Until(ups, r => r.OnMains == true);
        Assert.Equal((90d, 13.1, false), (reading.ChargePercent, reading.Volts, reading.Low));

        nut.Say("OB DISCHRG", charge: 71, seconds: 1500);
        reading = await Until(ups, r => r.OnMains == false);
        Assert.Equal((71d, TimeSpan.FromSeconds(1500), false), (reading.ChargePercent, reading.RunTimeLeft, reading.Low));

        nut.Say("OB LB", charge: 9, seconds: 60);
        Assert.False((await Until(ups, r => r.Low)).Forced);
        nut.Say("FSD OB LB", charge: 8, seconds: 50);
        Assert.True((await Until(ups, r => r.Forced)).Low);
        nut.Say("OL");
        Assert.False((await Until(ups, r => r.OnMains == true)).Forced);
    }

    [Fact]
    public async Task A_driver_that_hangs_or_is_gone_and_a_server_that_is_gone_are_silence_with_a_reason_and_it_comes_back()
    {
        await using var nut = await NutServer.Start("OL");
        using var ups = Client(nut);
        await Until(ups, r => r.OnMains == true);

        await nut.SignalDriver("STOP");
        Assert.False((await Until(ups, r => r.Problem?.Contains("is the cable in", StringComparison.Ordinal) == true)).Answered);
        await nut.SignalDriver("CONT");
        await Until(ups, r => r.OnMains == true);

        await nut.KillDriver();
        await Until(ups, r => r.Problem?.Contains("its driver does not run", StringComparison.Ordinal) == true || r.Problem?.Contains("is the cable in", StringComparison.Ordinal) == true);

        await nut.KillServer();
        await Until(ups, r => r.Problem?.Contains("refuses the connection", StringComparison.Ordinal) == true);
        nut.StartDriver();
        await nut.StartServer();
        await Until(ups, r => r.OnMains == true);
    }

    [Fact]
    public async Task A_UPS_that_the_server_does_not_know_is_named()
    {
        await using var nut = await NutServer.Start("OL");
        using var ups = Client(nut, "rack");
        Assert.Contains("no UPS named rack", (await ups.Read(CancellationToken.None)).Problem, StringComparison.Ordinal);
    }
}

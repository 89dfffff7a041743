using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Tests.Core.Machine;

/// <summary>What of the box itself becomes a condition, through the judge, in virtual time.</summary>
public sealed class MachineTests
{
    private const long Gib = 1L << 30;
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    private DateTimeOffset now = Snapshots.Now;
    private Judge judge = Judge.Start(new EdgeConfig(), Snapshots.Now);

    [Fact]
    public void A_disk_that_fills_is_told_days_before_it_is_full_and_once()
    {
        var changes = 0;
        var was = false;
        for (var hours = 0d; hours < 24 * 9; hours += 0.25)
        {
            // 20 GiB a day of 180: full in nine days, and it wobbles by the hour.
            var free = (180 - (hours * 20 / 24) + (Math.Sin(hours) * 0.2)) * Gib;
            See(new() { At = now, Disks = [new("/data", ["/data"], 1000 * Gib, (long)Math.Max(0, free), false)] });
            now += TimeSpan.FromMinutes(15) - Step;
            var holds = Has(MachineConditions.DiskFilling) || Has(MachineConditions.DiskFull);
            changes += holds != was ? 1 : 0;
            was = holds;
            if (hours is > 6 and < 24)
                Assert.False(holds, $"after {hours} h");
            if (hours > 24 * 3)
                Assert.True(holds, $"after {hours} h");
        }
        Assert.Equal(1, changes);
        Assert.True(Has(MachineConditions.DiskFull));
        Assert.False(Has(MachineConditions.DiskFilling));
        Assert.Contains(judge.Snapshot.Conditions, c => c.Kind == MachineConditions.DiskFull && c.Subject == "/data" && c.Detail.Contains("of 1000 GiB left", StringComparison.Ordinal));
    }

    [Fact]
    public void A_file_system_that_the_kernel_made_read_only_is_told()
    {
        Last(120, () => new() { At = now, Disks = [new("/", [], 100 * Gib, 50 * Gib, true)] });
        Assert.True(Has(MachineConditions.DiskReadOnly));
    }

    [Theory]
    [InlineData(96d, 100d, true)]
    [InlineData(94d, 100d, false)]
    [InlineData(86d, null, true)]
    [InlineData(84d, null, false)]
    public void Heat_is_told_near_the_limit(double celsius, double? limit, bool told)
    {
        Last(120, () => new() { At = now, Processor = new("coretemp Package id 0", celsius, limit) });
        Assert.Equal(told, Has(MachineConditions.TooHot));
    }

    [Fact]
    public void Heat_that_comes_and_goes_does_not_flap()
    {
        var changes = 0;
        var was = false;
        for (var i = 0; i < 720; i++)
        {
            See(new() { At = now, Processor = new("cpu", i % 6 < 3 ? 97 : 92, 100) });
            changes += Has(MachineConditions.TooHot) != was ? 1 : 0;
            was = Has(MachineConditions.TooHot);
        }
        Assert.True(changes <= 1, $"{changes} changes");
        Last(600, () => new() { At = now, Processor = new("cpu", 60, 100) });
        Assert.False(Has(MachineConditions.TooHot));
    }

    [Fact]
    public void A_count_of_throttling_from_before_is_no_news_and_one_that_rises_is()
    {
        Last(600, () => new() { At = now, Throttled = 40 });
        Assert.False(Has(MachineConditions.Throttled));
        var count = 40;
        Last(120, () => new() { At = now, Throttled = ++count });
        Assert.True(Has(MachineConditions.Throttled));
        Last(900, () => new() { At = now, Throttled = count });
        Assert.False(Has(MachineConditions.Throttled));
    }

    [Fact]
    public void Short_memory_a_clock_without_a_server_and_a_low_voltage_are_told_and_end()
    {
        Last(400, () => new() { At = now, Memory = new(16 * Gib, Gib / 2, 0, 0, 3), Clock = new(false), UnderVoltage = true });
        Assert.Equal(["clock-unsynchronised", "memory-tight", "under-voltage"], Codes().Order(StringComparer.Ordinal));
        Last(400, () => new() { At = now, Memory = new(16 * Gib, 8 * Gib, 0, 0, 0), Clock = new(true), UnderVoltage = false });
        Assert.Empty(Codes());
    }

    [Fact]
    public void Just_after_boot_a_clock_may_take_minutes()
    {
        Last(240, () => new() { At = now, Clock = new(false) });
        Assert.Empty(Codes());
    }

    [Fact]
    public void Only_the_link_to_the_internet_is_told_when_it_is_down_and_when_it_flaps()
    {
        Last(60, () => new() { At = now, Links = [new("eth0", false, true, null, 3), new("eth1", false, false, null, 3)] });
        Assert.Equal(["eth0"], judge.Snapshot.Conditions.Where(c => c.Kind == MachineConditions.LinkDown).Select(c => c.Subject));
        Last(120, () => new() { At = now, Links = [new("eth0", true, true, 1000, 4)] });
        Assert.Empty(Codes());
        var changes = 4;
        Last(120, () => new() { At = now, Links = [new("eth0", true, true, 1000, changes += 2)] });
        Assert.Equal(["link-unsteady"], Codes());
        Last(4200, () => new() { At = now, Links = [new("eth0", true, true, 1000, changes)] });
        Assert.Empty(Codes());
    }

    [Fact]
    public void A_client_that_is_meant_to_run_and_does_not_is_told_after_a_minute()
    {
        Clients(50, Client(ClientState.Stopped));
        Assert.Empty(Codes());
        Clients(30, Client(ClientState.Stopped));
        Assert.Equal(["client-stopped"], Codes());
        // Nothing heard is no end of it.
        judge = judge.Next(new ClientsSeen(new("systemd", now, [], "no answer")), now);
        Assert.Equal(["client-stopped"], Codes());
        Clients(60, Client(ClientState.Running));
        Assert.Empty(Codes());
    }

    [Fact]
    public void A_client_that_nobody_wants_or_that_is_no_node_may_be_stopped()
    {
        Clients(120, Client(ClientState.Stopped) with { Wanted = false });
        Clients(120, Client(ClientState.Failed) with { Role = ClientKind.Middleware });
        Assert.Empty(Codes());
    }

    [Fact]
    public void Restarts_within_an_hour_are_counted_and_those_from_before_are_not()
    {
        Clients(60, Client(ClientState.Running) with { Restarts = 17 });
        Assert.Empty(Codes());
        Clients(10, Client(ClientState.Running) with { Restarts = 19 });
        Assert.Empty(Codes());
        Clients(10, Client(ClientState.Running) with { Restarts = 20 });
        Assert.Equal(["client-restarting"], Codes());
        Clients(3700, Client(ClientState.Running) with { Restarts = 20 });
        Assert.Empty(Codes());
    }

    [Fact]
    public void A_kill_is_remembered_for_a_day_though_the_client_runs_again()
    {
        Clients(10, Client(ClientState.Starting) with { Killed = true, LastEnd = "out of memory: the kernel killed it" });
        Clients(60, Client(ClientState.Running));
        Assert.Equal("out of memory: the kernel killed it", Assert.Single(judge.Snapshot.Conditions, c => c.Kind == MachineConditions.ClientKilled).Detail);
        now += TimeSpan.FromDays(1);
        Clients(10, Client(ClientState.Running));
        Assert.Empty(Codes());
    }

    private static ClientProcess Client(ClientState state) => new() { Name = "geth", Role = ClientKind.Execution, State = state, Wanted = true };

    private void Clients(int seconds, ClientProcess client)
    {
        for (var end = now + TimeSpan.FromSeconds(seconds); now < end; now += Step)
            judge = judge.Next(new ClientsSeen(new("systemd", now, [client])), now);
    }

    private void Last(int seconds, Func<HostReading> reading)
    {
        for (var end = now + TimeSpan.FromSeconds(seconds); now < end;)
            See(reading());
    }

    private void See(HostReading reading)
    {
        judge = judge.Next(new HostSeen(reading), now);
        now += Step;
    }

    private bool Has(ConditionKind kind) => judge.Snapshot.Conditions.Any(c => c.Kind == kind);

    private IEnumerable<string> Codes() => judge.Snapshot.Conditions.Where(c => MachineConditions.All.Contains(c.Kind)).Select(c => c.Kind.Code);
}

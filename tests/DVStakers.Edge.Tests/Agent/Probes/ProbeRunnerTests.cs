using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using System.Threading.Channels;

namespace DVStakers.Edge.Tests.Agent.Probes;

public sealed class ProbeRunnerTests
{
    private readonly TimeWithTimersSeen time = new();
    private readonly Channel<Observation> observations = Channel.CreateUnbounded<Observation>();

    [Theory]
    [InlineData(null, 1000)]
    [InlineData(12.0, 3000)]
    [InlineData(5.0, 1250)]
    [InlineData(4.0, 1000)]
    [InlineData(1.0, 500)]
    [InlineData(60.0, 3000)]
    public void The_interval_is_a_quarter_of_a_slot_within_reason(double? slot, double interval) =>
        Assert.Equal(interval, ProbeRunner.Interval(slot is { } s ? Spec(s) : null).TotalMilliseconds);

    [Fact]
    public async Task A_probe_that_hangs_holds_up_no_other_and_one_that_fails_is_asked_again()
    {
        var hangs = new FakeProbe("hangs", stop => Task.Delay(Timeout.Infinite, stop));
        var fails = new FakeProbe("fails", _ => throw new ProbeException(Reach.Refused, "status 500"));
        var faulty = new FakeProbe("faulty", _ => throw new InvalidOperationException("a bug"));
        var works = new FakeProbe("works", _ => Task.CompletedTask);
        using var stop = new CancellationTokenSource();
        var run = new ProbeRunner([hangs, fails, faulty, works], () => Spec(4), observations.Writer, time, NullLogger.Instance).Run(stop.Token);

        for (var round = 0; round < 3; round++)
        {
            var seen = new List<string>();
            for (var i = 0; i < 3; i++)
                seen.Add(Text((BeaconSeen)await observations.Reader.ReadAsync()));
            Assert.Equal(["fails Refused status 500", "faulty Malformed The probe itself failed: a bug", "works Ok "], seen.Order());
            Assert.False(observations.Reader.TryRead(out _));
            for (var i = 0; i < 3; i++)
                await time.TimerCreated.WaitAsync();
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(1, hangs.Reads);

        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_slow_pace_is_left_at_the_next_interval()
    {
        var pace = 4;
        var probe = new FakeProbe("peer", _ => Task.CompletedTask);
        using var stop = new CancellationTokenSource();
        var run = new ProbeRunner([probe], () => Spec(4), observations.Writer, time, NullLogger.Instance, stack => stack == "peer" ? pace : 1).Run(stop.Token);

        List<int> reads = [];
        foreach (var next in new[] { 4, 4, 4, 4, 4, 2, 2, 2, 2 })
        {
            await time.TimerCreated.WaitAsync();
            reads.Add(probe.Reads);
            pace = next;
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal([1, 1, 1, 1, 2, 2, 3, 3, 4], reads);

        await stop.CancelAsync();
        await run;
    }

    [Fact]
    public async Task It_ends_when_nobody_reads_any_more()
    {
        observations.Writer.Complete();
        await new ProbeRunner([new FakeProbe("works", _ => Task.CompletedTask)], () => null, observations.Writer, time, NullLogger.Instance).Run(CancellationToken.None);
    }

    private static string Text(BeaconSeen seen) => $"{seen.Stack} {seen.Reading.Reach} {seen.Reading.Problem}";

    private static ChainSpec Spec(double seconds) => new()
    {
        ConfigName = "",
        GenesisTime = DateTimeOffset.UnixEpoch,
        GenesisValidatorsRoot = default,
        SlotDuration = TimeSpan.FromSeconds(seconds),
        SlotsPerEpoch = 32,
        AttestationDue = default,
        AggregateDue = default,
        DepositChainId = 1,
    };

    /// <summary>Tells when somebody began to wait, so that time is not advanced before.</summary>
    private sealed class TimeWithTimersSeen : FakeTimeProvider
    {
        public SemaphoreSlim TimerCreated { get; } = new(0);

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            var timer = base.CreateTimer(callback, state, dueTime, period);
            TimerCreated.Release();
            return timer;
        }
    }

    private sealed class FakeProbe(string stack, Func<CancellationToken, Task> read) : IProbe
    {
        public string Stack => stack;
        public int Reads { get; private set; }

        public async Task<Observation> Read(CancellationToken cancel)
        {
            Reads++;
            await read(cancel);
            return new BeaconSeen(stack, new BeaconReading { At = default, Reach = Reach.Ok });
        }

        public Observation Lost(ProbeException why) => new BeaconSeen(stack, new BeaconReading { At = default, Reach = why.Reach, Problem = why.Message });
    }
}

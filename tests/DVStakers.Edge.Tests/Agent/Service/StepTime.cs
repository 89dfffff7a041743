using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;

namespace DVStakers.Edge.Tests.Agent.Service;

/// <summary>Time that stands still until it is moved, and tells when somebody begins to wait, so that it is not moved too early.</summary>
internal sealed class StepTime(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly Channel<TimeSpan> timers = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Completes when somebody waits for this long, once for each who does.</summary>
    public async Task Timer(TimeSpan due)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await timers.Reader.ReadAsync(limit.Token) != due)
        {
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        timers.Writer.TryWrite(dueTime);
        return timer;
    }
}

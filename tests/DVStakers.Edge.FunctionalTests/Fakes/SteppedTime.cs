using Microsoft.Extensions.Time.Testing;
using System.Collections.Concurrent;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>Time that a test moves on, and that tells when somebody began to wait for it: moved on before, it would be waited for in vain.</summary>
internal sealed class SteppedTime : FakeTimeProvider
{
    private readonly ConcurrentBag<TimeSpan> waits = [];
    private readonly Changes changes = new();

    /// <summary>Waits until a timer of exactly this length was started.</summary>
    public Task WaitForTimer(TimeSpan length) => changes.WaitUntil(() => waits.Contains(length));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        waits.Add(dueTime);
        changes.Announce();
        return timer;
    }
}

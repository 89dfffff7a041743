using System.Threading.Channels;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Linux.Gpio;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>Watches the button's line and does what is asked with it. What a press means is Core's to say.</summary>
/// <param name="levels">The line's level at once, each change of it, and its troubles.</param>
/// <param name="act">True: done; false: refused.</param>
internal sealed class ButtonLoop(Func<CancellationToken, IAsyncEnumerable<GpioLevel>> levels, Func<ButtonAction, CancellationToken, Task<bool>> act, TimeProvider time)
{
    /// <summary>A press is looked at this often, so that it is known to last.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly long began = time.GetTimestamp();
    private ButtonMemory? memory;

    /// <summary>Null: not known yet, or not now.</summary>
    private bool? pressed;
    private string? trouble;
    private (LedPattern Pattern, TimeSpan Until)? result;

    public Latest<ButtonView> View { get; } = new(ButtonView.None);

    /// <summary>Returns when stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        var seen = Channel.CreateUnbounded<GpioLevel>();
        var watching = Watch(seen.Writer, stop);
        try
        {
            var arrival = seen.Reader.WaitToReadAsync(stop).AsTask();
            while (true)
            {
                // 1. What came, or the time that went by.
                if (arrival.IsCompleted)
                {
                    if (!await arrival.ConfigureAwait(false))
                        break;
                    while (seen.Reader.TryRead(out var level))
                        await Take(level, stop).ConfigureAwait(false);
                    arrival = seen.Reader.WaitToReadAsync(stop).AsTask();
                }
                else
                {
                    await Look(stop).ConfigureAwait(false);
                }

                // 2. Told.
                Tell();

                // 3. The next.
                using var timer = CancellationTokenSource.CreateLinkedTokenSource(stop);
                await Task.WhenAny(arrival, Task.Delay(pressed == true || result is not null ? Tick : Timeout.InfiniteTimeSpan, time, timer.Token)).ConfigureAwait(false);
                await timer.CancelAsync().ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        await watching.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task Watch(ChannelWriter<GpioLevel> seen, CancellationToken stop)
    {
        try
        {
            await foreach (var level in levels(stop).ConfigureAwait(false))
                seen.TryWrite(level);
            seen.TryComplete();
        }
        catch (Exception e)
        {
            seen.TryComplete(e);
        }
    }

    private async Task Take(GpioLevel level, CancellationToken stop)
    {
        trouble = level.Trouble?.Message;
        pressed = level.On;
        // A line that comes back begins anew: what it did meanwhile is not known.
        if (pressed is null)
            memory = null;
        await Look(stop).ConfigureAwait(false);
    }

    private async Task Look(CancellationToken stop)
    {
        var now = time.GetElapsedTime(began);
        if (result is { } shown && now >= shown.Until)
            result = null;
        if (pressed is not { } level)
            return;
        if (memory is null)
        {
            memory = ButtonMemory.Start(level, now);
            return;
        }
        (memory, var action) = memory.Next(level, now);
        if (action is not ButtonAction.None)
        {
            var done = await act(action, stop).ConfigureAwait(false);
            result = (done ? Acknowledgement.Done : Acknowledgement.Refused, time.GetElapsedTime(began) + Acknowledgement.Shown);
        }
    }

    private void Tell()
    {
        var hold = memory?.Hold ?? ButtonHold.Idle;
        var view = new ButtonView(hold, trouble, Acknowledgement.Of(hold) ?? result?.Pattern);
        if (view != View.Current)
            View.Publish(view);
    }
}

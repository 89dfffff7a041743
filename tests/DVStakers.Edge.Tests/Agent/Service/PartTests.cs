using DVStakers.Edge.Agent.Service;

namespace DVStakers.Edge.Tests.Agent.Service;

/// <summary>Whatever becomes of one part, the next one can be stopped.</summary>
public sealed class PartTests
{
    private static readonly TimeSpan Moment = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task One_that_ends_when_asked_has_stopped()
    {
        using var part = new Part("well", stop => Task.Delay(Timeout.Infinite, stop));
        _ = part.Start();
        Assert.True(await part.Stop(Moment, TimeProvider.System));
    }

    [Fact]
    public async Task One_that_failed_has_stopped_and_its_fault_is_kept()
    {
        using var part = new Part("ill", _ => throw new InvalidDataException("of its own"));
        await Assert.ThrowsAsync<InvalidDataException>(part.Start);
        Assert.True(await part.Stop(Moment, TimeProvider.System));
        Assert.IsType<InvalidDataException>(part.Task.Exception!.InnerException);
    }

    [Fact]
    public async Task One_that_hangs_is_left_behind_after_its_moment()
    {
        var time = new StepTime(DateTimeOffset.UnixEpoch);
        var end = new TaskCompletionSource();
        using var part = new Part("hung", _ => end.Task);
        _ = part.Start();
        var stopped = part.Stop(Moment, time);
        await time.Timer(Moment);
        Assert.False(stopped.IsCompleted);
        time.Advance(Moment);
        Assert.False(await stopped);
        end.SetResult();
    }

    [Fact]
    public async Task With_no_time_left_it_is_still_asked_to_stop()
    {
        var asked = new TaskCompletionSource();
        var end = new TaskCompletionSource();
        using var part = new Part("last", stop =>
        {
            stop.Register(asked.SetResult);
            return end.Task;
        });
        var running = part.Start();
        await part.Stop(TimeSpan.Zero, TimeProvider.System);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10));
        end.SetResult();
        await running;
    }
}

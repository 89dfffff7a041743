namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>Lets a test wait for a state of a fake without polling: whoever changes it announces, whoever waits looks again.</summary>
internal sealed class Changes
{
    private TaskCompletionSource next = New();

    public void Announce() => Interlocked.Exchange(ref next, New()).SetResult();

    /// <exception cref="TimeoutException">It did not come true in time (10 s unless told).</exception>
    public async Task WaitUntil(Func<bool> condition, TimeSpan? atMost = null)
    {
        var deadline = Task.Delay(atMost ?? TimeSpan.FromSeconds(10));
        while (true)
        {
            // Taken before looking, so that a change in between is not missed.
            var changed = Volatile.Read(ref next).Task;
            if (condition())
                return;
            if (await Task.WhenAny(changed, deadline) == deadline && !condition())
                throw new TimeoutException("What the test waits for did not happen in time.");
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}

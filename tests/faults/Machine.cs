using System.Diagnostics;

namespace DVStakers.Edge.Faults;

/// <summary>How late this process's own timers are: what is asked while the machine does not even get round to that says nothing of the agent.</summary>
internal static class Machine
{
    /// <summary>The shortest time that any rule here depends on.</summary>
    public static readonly TimeSpan TooLate = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(50);
    private static long lastLate;

    /// <summary>Runs until the process ends.</summary>
    public static async Task Watch()
    {
        while (true)
        {
            var began = Stopwatch.GetTimestamp();
            await Task.Delay(Beat);
            if (Stopwatch.GetElapsedTime(began) > Beat + TooLate)
                Volatile.Write(ref lastLate, Stopwatch.GetTimestamp());
        }
    }

    public static bool WasLateSince(long timestamp) => Volatile.Read(ref lastLate) > timestamp;
}

/// <summary>A scenario that has to be carried out once more.</summary>
internal sealed class BusyMachineException(string seen) : Exception("this machine was too busy to tell: " + seen);

using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>
/// Whether something keeps the kernel's clock right, by systemd's word: the agent's unit (ProtectClock=) may not even ask the kernel. systemd starts a service
/// for the answer and writes three lines to the journal each time, so it is asked seldom.
/// </summary>
internal sealed class ClockService(string timedatectl, TimeProvider time)
{
    /// <summary>The kernel itself takes hours to call a clock wrong that nothing keeps right any more.</summary>
    private static readonly TimeSpan WhileRight = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan WhileNot = TimeSpan.FromMinutes(1);

    /// <summary>Where systemd is not there it will hardly come.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private ClockReading? last;
    private long askedAt;
    private TimeSpan good = TimeSpan.Zero;

    /// <summary>Its last answer, which may be that old; null: there is none.</summary>
    public async Task<ClockReading?> Ask(CancellationToken stop)
    {
        if (good > TimeSpan.Zero && time.GetElapsedTime(askedAt) < good)
            return last;
        var (text, _) = await Child.Ask(timedatectl, ["show", "--property=NTPSynchronized", "--value"], Patience, time, stop).ConfigureAwait(false);
        last = text?.Trim() switch { "yes" => new(true), "no" => new(false), _ => null };
        askedAt = time.GetTimestamp();
        good = last switch { { Synchronised: true } => WhileRight, { } => WhileNot, null => AfterRefusal };
        return last;
    }
}

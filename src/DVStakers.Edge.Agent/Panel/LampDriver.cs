using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>One lamp: shows the pattern that is wanted, and heals. Times are by a clock that never jumps. For one caller at a time.</summary>
internal sealed class LampDriver(Lamp lamp, ILight light)
{
    /// <summary>How long until a lamp that failed is tried again.</summary>
    public static readonly TimeSpan Retry = TimeSpan.FromSeconds(5);

    private LedPattern shown = LedPattern.Off;
    private TimeSpan began;
    private TimeSpan? due;
    private LampState state = LampState.Lent;
    private string detail = "not lit yet";

    public Lamp Lamp => lamp;

    public LampReading Reading => new(lamp.Name, lamp.Shows.ToString().ToLowerInvariant(), shown.Word, state, detail);

    /// <summary>True: whatever was last tried of it went well.</summary>
    public bool Works => state is LampState.Works;

    /// <returns>When it wants to be called next.</returns>
    public TimeSpan Step(LedPattern wanted, TimeSpan now)
    {
        if (wanted != shown || due is null)
        {
            (shown, began) = (wanted, now);
            // One that failed waits for its time all the same.
            if (due is null || state is LampState.Works)
                due = now;
        }
        if (now < due)
            return due.Value;
        try
        {
            due = now + light.Show(wanted, now - began);
            (state, detail) = (LampState.Works, light.Words);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            due = now + Retry;
            (state, detail) = (Kind(e), e.Message);
        }
        return due.Value;
    }

    /// <summary>Leaves it as it was found.</summary>
    public void Release(string why)
    {
        light.Release();
        due = null;
        (state, detail) = (LampState.Lent, why);
    }

    private static LampState Kind(Exception e) => e switch
    {
        NoSuchLedException or DeviceException { Errno: Errno.ENOENT or Errno.ENODEV or Errno.ENXIO or Errno.ENOTDIR } => LampState.Missing,
        UnauthorizedAccessException or DeviceException { Errno: Errno.EACCES or Errno.EPERM or Errno.EROFS } => LampState.Denied,
        DeviceException { Errno: Errno.EBUSY } => LampState.Busy,
        _ => LampState.Failed,
    };
}

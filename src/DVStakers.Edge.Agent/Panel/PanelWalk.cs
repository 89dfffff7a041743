using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>Shows every rhythm on every lamp, one after the other, and names it.</summary>
internal sealed class PanelWalk(IReadOnlyList<LampDriver> lamps, TextWriter output, TimeProvider time)
{
    /// <summary>Long enough to be read, and two times over.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(2);

    private readonly long began = time.GetTimestamp();

    /// <summary>Each lamp is left as it was found, also when stopped.</summary>
    /// <returns>How many lamps did not light.</returns>
    public async Task<int> Run(CancellationToken stop)
    {
        var failed = 0;
        foreach (var lamp in lamps)
        {
            try
            {
                await output.WriteLineAsync($"{lamp.Lamp.Name} (shows {lamp.Reading.Shows})".AsMemory(), stop);
                if (!await Show(lamp, stop))
                    failed++;
            }
            finally
            {
                lamp.Release("the test is over");
            }
        }
        return failed;
    }

    private async Task<bool> Show(LampDriver lamp, CancellationToken stop)
    {
        var said = false;
        foreach (var pattern in Rhythms.All)
        {
            await output.WriteLineAsync($"  {pattern.Word}".AsMemory(), stop);
            var until = Now + Length(pattern);
            while (Now < until)
            {
                var next = lamp.Step(pattern, Now);
                if (!lamp.Works)
                {
                    await output.WriteLineAsync($"  does not light: {lamp.Reading.Detail}".AsMemory(), stop);
                    return false;
                }
                if (!said)
                    await output.WriteLineAsync($"  ({lamp.Reading.Detail})".AsMemory(), stop);
                said = true;
                var rest = (next < until ? next : until) - Now;
                if (rest > TimeSpan.Zero)
                    await Task.Delay(rest, time, stop);
            }
        }
        return true;
    }

    private TimeSpan Now => time.GetElapsedTime(began);

    private static TimeSpan Length(LedPattern pattern) => pattern.Cycle * 2 > Least ? pattern.Cycle * 2 : Least;
}

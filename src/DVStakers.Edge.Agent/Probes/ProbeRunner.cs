using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;
using System.Threading.Channels;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Repeats every probe, each on its own, so that one that hangs or fails holds up no other.</summary>
/// <param name="spec">The network as known now; null while unknown.</param>
/// <param name="pace">How many intervals apart the readings of a stack are; looked at after each interval. Null: one.</param>
internal sealed class ProbeRunner(
    IReadOnlyList<IProbe> probes, Func<ChainSpec?> spec, ChannelWriter<Observation> observations, TimeProvider time, ILogger log, Func<string, int>? pace = null)
{
    private static readonly TimeSpan WhileUnknown = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(3);

    /// <summary>Returns when stopped, or when nobody reads the observations any more.</summary>
    public Task Run(CancellationToken stop) => Task.WhenAll(probes.Select(probe => Repeat(probe, stop)));

    /// <summary>From the start of one reading to the start of the next: a quarter of a slot, within reason.</summary>
    public static TimeSpan Interval(ChainSpec? spec)
    {
        if (spec is null)
            return WhileUnknown;
        var quarter = spec.SlotDuration / 4;
        return quarter < Shortest ? Shortest : quarter > Longest ? Longest : quarter;
    }

    private async Task Repeat(IProbe probe, CancellationToken stop)
    {
        try
        {
            while (true)
            {
                var started = time.GetTimestamp();
                await observations.WriteAsync(await Read(probe, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
                for (var passed = 1; ; passed++)
                {
                    var rest = Interval(spec()) * passed - time.GetElapsedTime(started);
                    if (rest > TimeSpan.Zero)
                        await Task.Delay(rest, time, stop).ConfigureAwait(false);
                    if (pace is null || passed >= pace(probe.Stack))
                        break;
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }

    private async Task<Observation> Read(IProbe probe, CancellationToken stop)
    {
        try
        {
            return await probe.Read(stop).ConfigureAwait(false);
        }
        catch (ProbeException e)
        {
            log.ReadingFailed(probe.Stack, e.Message);
            return probe.Lost(e);
        }
        catch (Exception e) when (!stop.IsCancellationRequested)
        {
            log.ProbeFault(probe.Stack, e);
            return probe.Lost(new ProbeException(Reach.Malformed, $"The probe itself failed: {e.Message}", e));
        }
    }
}

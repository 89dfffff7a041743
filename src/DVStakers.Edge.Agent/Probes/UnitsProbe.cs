using System.Threading.Channels;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Asks systemd for the clients' units: one <c>systemctl show</c> for all of them, without a shell. It starts and stops none.</summary>
/// <param name="units">Besides those with a usual name.</param>
internal sealed class UnitsProbe(IReadOnlyList<string> units, string systemctl, ChannelWriter<Observation> observations, TimeProvider time)
{
    public const string Systemctl = "systemctl";

    private static readonly TimeSpan Every = TimeSpan.FromSeconds(10);

    /// <summary>At the start the nodes come first.</summary>
    private static readonly TimeSpan AfterStart = TimeSpan.FromSeconds(3);

    /// <summary>Where systemd is not there it will hardly come.</summary>
    private static readonly TimeSpan AfterRefusal = TimeSpan.FromMinutes(1);

    /// <summary>It is asked for hundreds of units, most of which are not there: on a small board that boots, that takes its time.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Most of the usual names are nobody's on this box, and systemd looks for each of them anew whenever it is asked, which on a small board is much of what the agent costs.
    /// So between searches it is asked for those that there were.
    /// </summary>
    private static readonly TimeSpan SearchEvery = TimeSpan.FromMinutes(1);

    private readonly IReadOnlyList<string> names = [.. KnownClients.Units.Concat(units).Select(u => u.Contains('.') ? u : u + ".service").Distinct()];

    /// <summary>When systemd was last asked for all of them, and what there was. systemctl makes a unit's name of each.</summary>
    private long? searched;

    private IReadOnlyList<string> found = [];

    /// <summary>Returns when stopped, or when nobody reads the observations any more.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            await Task.Delay(AfterStart, time, stop).ConfigureAwait(false);
            while (true)
            {
                var reading = await Read(stop).ConfigureAwait(false);
                await observations.WriteAsync(new ClientsSeen(reading), stop).ConfigureAwait(false);
                await Task.Delay(reading.Problem is null ? Every : AfterRefusal, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }

    public async Task<ClientsReading> Read(CancellationToken stop)
    {
        if (searched is { } at && time.GetElapsedTime(at) < SearchEvery)
            return found.Count == 0 ? new("systemd", time.GetUtcNow(), []) : await Ask(found, stop).ConfigureAwait(false);
        var now = time.GetTimestamp();
        var reading = await Ask(names, stop).ConfigureAwait(false);
        (searched, found) = (reading.Problem is null ? now : null, [.. reading.Clients.Select(c => c.Name)]);
        return reading;
    }

    private async Task<ClientsReading> Ask(IEnumerable<string> units, CancellationToken stop)
    {
        var (text, problem) = await Child.Ask(systemctl, ["show", "--no-pager", "--timestamp=unix", "--property=" + SystemdAnswers.Properties, "--", .. units], Patience, time, stop).ConfigureAwait(false);
        return new("systemd", time.GetUtcNow(), text is null ? [] : SystemdAnswers.Parse(text), problem);
    }
}

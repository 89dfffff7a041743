using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>What the button does: the same as <c>dvstakers-edge drain</c> and <c>undrain</c>, with the same refusals, and an orderly shutdown.</summary>
/// <param name="shutdown">Begins it, or says why not. Null: this box's clients are not known, so that nobody could stop them in order.</param>
internal sealed class ButtonActions(SnapshotFeed state, DrainFile drain, Func<CancellationToken, Task<string?>>? shutdown, TimeProvider time, ILogger log)
{
    /// <summary>False: refused; the journal says why.</summary>
    public async Task<bool> Do(ButtonAction action, CancellationToken stop)
    {
        try
        {
            return action is ButtonAction.Drain ? Drain() : await Shutdown(stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Refused($"{drain.Path} cannot be written ({e.Message})");
        }
    }

    private bool Drain()
    {
        var snapshot = state.Current;
        if (snapshot.Drained.Box || snapshot.Drained.Stacks.Count > 0)
        {
            drain.Write(null);
            log.ButtonUndrained();
            return true;
        }
        if (DrainRule.AgainstBox(snapshot.Peers) is { } objection)
            return Refused(objection);
        drain.Write(new Drained(true, [], time.GetUtcNow() + DrainFile.Usually));
        log.ButtonDrained((int)DrainFile.Usually.TotalHours);
        return true;
    }

    private async Task<bool> Shutdown(CancellationToken stop)
    {
        if (shutdown is null)
            return Refused("no power section names the clients that must be stopped before (docs/power.md; without a UPS, model: none)");
        if (await shutdown(stop).ConfigureAwait(false) is { } objection)
            return Refused(objection);
        log.ButtonShutsDown();
        return true;
    }

    private bool Refused(string why)
    {
        log.ButtonRefused(why);
        return false;
    }
}

using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Panel;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Panel;

/// <summary>What the button does: the same as <c>dvstakers-edge drain</c> and <c>undrain</c>, with the same refusals.</summary>
internal sealed class ButtonActions(SnapshotFeed state, DrainFile drain, TimeProvider time, ILogger log)
{
    /// <summary>False: refused; the journal says why.</summary>
    public bool Do(ButtonAction action)
    {
        try
        {
            return action is ButtonAction.Drain ? Drain() : Refused("nothing here shuts the box down");
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

    private bool Refused(string why)
    {
        log.ButtonRefused(why);
        return false;
    }
}

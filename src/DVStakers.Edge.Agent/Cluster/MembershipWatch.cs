using System.Threading.Channels;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>Takes what <c>dvstakers-edge cluster</c> changes in the cluster directory while the agent runs, and tells how the membership stands.</summary>
internal sealed class MembershipWatch(Membership membership, ChannelWriter<Observation> observations, TimeProvider time, ILogger log)
{
    /// <summary>One look at a file's date.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private string? problem;
    private MembershipReading? told;

    /// <summary>Returns when stopped, or when nobody reads the observations any more.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                if (membership.Reread(out var why))
                {
                    problem = null;
                    log.RosterRead(membership.Roster.Version, membership.Roster.Members.Count);
                }
                else if (why.Length > 0)
                {
                    problem = why;
                }
                var now = new MembershipReading(membership.NotAfter, problem);
                if (now != told)
                    await observations.WriteAsync(new MembershipSeen(told = now), stop).ConfigureAwait(false);
                await Task.Delay(Every, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }
}

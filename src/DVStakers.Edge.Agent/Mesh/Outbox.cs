using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.Agent.Mesh;

/// <summary>
/// What is due to be published, and when. It outlives connections: on a new one everything retained is due again, and the events say what changed meanwhile.
/// <paramref name="bootId"/> is new at every start of the agent. Times are monotonic, since an arbitrary start.
/// </summary>
internal sealed class Outbox(Topics topics, string agentVersion, string bootId, Func<DutyBook> duties)
{
    /// <summary>How long a peer may believe a <c>health</c> message. Three refreshes, so that a single lost one is no alarm.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan Refresh = TimeToLive / 3;

    /// <summary>Readings change many times a second; nobody reads that fast.</summary>
    private static readonly TimeSpan LeastInterval = TimeSpan.FromSeconds(1);

    private Snapshot? eventsTold;
    private Snapshot? rankingTold;
    private Snapshot? healthTold;
    private DutyBook? dutiesTold;
    private TimeSpan healthAt;
    private long sequence;

    public MosquittoMessage Online => new(topics.Availability, Topics.Online.ToArray(), Qos: 1, Retain: true);

    public MosquittoMessage Offline => new(topics.Availability, Topics.Offline.ToArray(), Qos: 1, Retain: true);

    /// <summary>A new connection: its broker may have lost everything.</summary>
    public void Forget()
    {
        rankingTold = null;
        healthTold = null;
        dutiesTold = null;
    }

    /// <summary>How long until <c>health</c>, and with it a changed <c>ranking</c>, is due if nothing newer than this snapshot comes. Zero: now.</summary>
    public TimeSpan UntilHealth(Snapshot snapshot, TimeSpan now)
    {
        if (healthTold is null)
            return TimeSpan.Zero;
        var interval = ReferenceEquals(healthTold, snapshot) ? Refresh
            : Transitions.Between(healthTold, snapshot).Count > 0 ? TimeSpan.Zero
            : LeastInterval;
        var left = healthAt + interval - now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>The messages that are due now, in the order to send them; they count as told.</summary>
    public IReadOnlyList<MosquittoMessage> Due(Snapshot snapshot, TimeSpan now)
    {
        var due = new List<MosquittoMessage>();
        if (UntilHealth(snapshot, now) == TimeSpan.Zero)
        {
            due.Add(new(topics.Health, HealthMessage.Of(snapshot, NextHeader()).ToUtf8(), Qos: 1, Retain: true));
            (healthTold, healthAt) = (snapshot, now);
            // In step with health, so that a reason that changes with every reading cannot flood the broker either.
            if (rankingTold is null || !RankingMessage.Same(rankingTold, snapshot))
            {
                due.Add(new(topics.Ranking, RankingMessage.Of(snapshot, NextHeader()).ToUtf8(), Qos: 1, Retain: true));
                rankingTold = snapshot;
            }
            // Nothing to tell before the first duty.
            if (duties() is { Epochs.Count: > 0 } book && (dutiesTold is null || !DutiesMessage.Same(dutiesTold, book)))
            {
                due.Add(new(topics.Duties, DutiesMessage.Of(book, NextHeader()).ToUtf8(), Qos: 1, Retain: true));
                dutiesTold = book;
            }
        }
        if (eventsTold is not null)
            foreach (var transition in Transitions.Between(eventsTold, snapshot))
                due.Add(new(topics.Events, EventMessage.Of(transition, snapshot.At, NextHeader()).ToUtf8(), Qos: 1, Retain: false));
        eventsTold = snapshot;
        return due;
    }

    private MessageHeader NextHeader() => new(topics, agentVersion, bootId, ++sequence, TimeToLive);
}

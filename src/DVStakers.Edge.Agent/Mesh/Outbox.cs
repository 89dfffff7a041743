using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.Messages;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Linux.Mosquitto;

namespace DVStakers.Edge.Agent.Mesh;

/// <summary>
/// What is due to be published, and when. It outlives connections: on a new one everything retained is due again, and the events say what changed meanwhile.
/// <paramref name="bootId"/> is new, and <paramref name="boot"/> higher, at every start of the agent. Times are monotonic, since an arbitrary start.
/// </summary>
/// <param name="membership">Signs all that is JSON, and has the roster to pass on; null: nothing is signed.</param>
internal sealed class Outbox(
    Topics topics, string agentVersion, string bootId, long boot, Func<DutyBook> duties, Membership? membership = null)
{
    /// <summary>How long a peer may believe a message. Two refreshes, so that a late one is no alarm.</summary>
    public static readonly TimeSpan TimeToLive = TimeSpan.FromSeconds(30);

    /// <summary>Longer than a slot, so that where heads come in time one message a slot says it all. Over a metered line each of them counts (docs/mqtt.md).</summary>
    private static readonly TimeSpan Refresh = TimeToLive / 2;

    /// <summary>A new head is of use to the peers while it is new; several nodes of a box come to it one after the other.</summary>
    private static readonly TimeSpan BetweenHeads = TimeSpan.FromMilliseconds(250);

    private Snapshot? eventsTold;
    private Snapshot? rankingTold;
    private Snapshot? healthTold;
    private DutyBook? dutiesTold;
    private Roster? rosterTold;
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
        rosterTold = null;
    }

    /// <summary>How long until <c>health</c>, and with it a changed <c>ranking</c>, is due if nothing newer than this snapshot comes. Zero: now.</summary>
    public TimeSpan UntilHealth(Snapshot snapshot, TimeSpan now)
    {
        if (healthTold is null)
            return TimeSpan.Zero;
        var interval = ReferenceEquals(healthTold, snapshot) ? Refresh
            : Transitions.Between(healthTold, snapshot).Count > 0 ? TimeSpan.Zero
            : BestHead(healthTold) != BestHead(snapshot) ? BetweenHeads
            : Refresh;
        var left = healthAt + interval - now;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    /// <summary>The messages that are due now, in the order to send them; they count as told.</summary>
    public IReadOnlyList<MosquittoMessage> Due(Snapshot snapshot, TimeSpan now)
    {
        var due = new List<MosquittoMessage>();
        if (UntilHealth(snapshot, now) == TimeSpan.Zero)
        {
            due.Add(Message(topics.Health, HealthMessage.Of(snapshot, NextHeader()).ToUtf8()));
            (healthTold, healthAt) = (snapshot, now);
            // In step with health, so that a reason that changes with every reading cannot flood the broker either.
            if (rankingTold is null || !RankingMessage.Same(rankingTold, snapshot))
            {
                due.Add(Message(topics.Ranking, RankingMessage.Of(snapshot, NextHeader()).ToUtf8()));
                rankingTold = snapshot;
            }
            // Nothing to tell before the first duty.
            if (duties() is { Epochs.Count: > 0 } book && (dutiesTold is null || !DutiesMessage.Same(dutiesTold, book)))
            {
                due.Add(Message(topics.Duties, DutiesMessage.Of(book, NextHeader()).ToUtf8()));
                dutiesTold = book;
            }
        }
        if (eventsTold is not null)
            foreach (var transition in Transitions.Between(eventsTold, snapshot))
                due.Add(Message(topics.Events, EventMessage.Of(transition, snapshot.At, NextHeader()).ToUtf8(), retain: false));
        eventsTold = snapshot;
        // Its own bytes, for only those carry the CA's signature.
        if (membership?.Roster is { } roster && !ReferenceEquals(roster, rosterTold))
        {
            if (membership.SignedRoster is { } signed)
                due.Add(new(topics.Roster, signed, Qos: 1, Retain: true));
            rosterTold = roster;
        }
        return due;
    }

    private MosquittoMessage Message(string topic, byte[] json, bool retain = true) =>
        new(topic, membership?.Sign(json, topic) ?? json, Qos: 1, retain);

    private MessageHeader NextHeader() => new(topics, agentVersion, bootId, boot, ++sequence, TimeToLive);

    /// <summary>What the peers take for this box's word on the chain (<see cref="PeerState.Vote"/>).</summary>
    private static Root? BestHead(Snapshot snapshot) => snapshot.Ranking.Where(r => r.Tier.Qualifies())
        .Select(r => snapshot.Stacks.First(s => s.Name == r.Name).Head).FirstOrDefault(h => h is { Optimistic: false })?.Root;
}

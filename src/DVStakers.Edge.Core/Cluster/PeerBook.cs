using System.Collections.Immutable;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>How well a peer is known now.</summary>
public enum Standing
{
    /// <summary>Not heard live since the agent started.</summary>
    NeverHeard,

    /// <summary>Its last word is still to be believed.</summary>
    Known,

    /// <summary>It was heard, and its last word has run out. That says nothing of how it is.</summary>
    Silent,
}

/// <summary>Another member of the cluster, as this box knows it.</summary>
public sealed record Peer
{
    public required string Box { get; init; }
    public required MemberRole Role { get; init; }
    public required Standing Standing { get; init; }

    /// <summary>Its last word. To be believed only while <see cref="Standing"/> is Known.</summary>
    public PeerState? Said { get; init; }

    /// <summary>When that was received, by our clock; for people.</summary>
    public DateTimeOffset? HeardAt { get; init; }

    /// <summary>The heads that it vouched for, the last one last.</summary>
    public ImmutableArray<Root> Trail { get; init; } = [];

    /// <summary>Its clock's lag behind ours, with the shortest way of a message; null until measured.</summary>
    public TimeSpan? ClockBehind { get; init; }

    public Refusals Refused { get; init; } = Refusals.None;

    /// <summary>Messages in its name are being refused, and somebody has to do something about it.</summary>
    public bool IsRefused { get; init; }
}

/// <summary>What is known of the other members. Immutable; in the order of the roster.</summary>
/// <param name="Strangers">What was refused in names that are not on the roster.</param>
/// <param name="Self">This box's name.</param>
/// <param name="Roster">Null: this box is in no cluster.</param>
public sealed record PeerBook(ImmutableArray<Peer> Peers, Refusals Strangers, string Self = "", Roster? Roster = null)
{
    /// <summary>Of a box that is no member.</summary>
    public static readonly PeerBook Empty = new([], Refusals.None);

    public IEnumerable<Peer> Known => Peers.Where(p => p.Standing == Standing.Known);

    /// <summary>
    /// The heads that the peers vouch for, one voice for each box. They are on this network by their own word.
    /// </summary>
    /// <param name="without">Boxes whose nodes we probe ourselves: those have their voice already.</param>
    public IEnumerable<Witness> Witnesses(ChainSpec network, IReadOnlyCollection<string> without) =>
        from peer in Known
        where !without.Contains(peer.Box) && peer.Said!.Network == network.ConfigName
        let head = peer.Said!.Vote
        where head is not null
        select new Witness(head.Value, peer.Trail);
}

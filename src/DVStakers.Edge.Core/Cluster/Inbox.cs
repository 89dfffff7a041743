using System.Collections.Immutable;
using System.Security.Cryptography;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>What became of a delivery.</summary>
/// <param name="Believed">The book has changed.</param>
/// <param name="Refused">Set also where a message of a newer schema was believed.</param>
public readonly record struct Receipt(Inbox Inbox, bool Believed, Refusal? Refused);

/// <summary>
/// Judges what the peers say, and remembers it. Pure: what was known, one message, the time; out come what is known now and what was refused.
/// <para>
/// Whoever holds the broker can drop, keep, repeat, reorder and invent messages at any rate. It must never make us believe what a box did not say, nor
/// something older than what we believed before, nor cost us much.
/// </para>
/// <list type="bullet">
/// <item><b>Invented.</b> The signature is over the topic and every byte, by the key of the box that the topic names: a member cannot speak for another, and a
/// message cannot be moved to another topic, cluster or name.</item>
/// <item><b>Repeated, reordered.</b> Boot and sequence only rise, for each box, over restarts of both sides: the last ones are kept on disk. A bridge that
/// delivers twice, or a recorded stream played back, changes nothing. What is lost of that file is at most what was heard in the minute before a crash. A boot
/// that cannot be is refused, or one message would silence its box for ever: <see cref="Boots"/>.</item>
/// <item><b>Kept.</b> A retained message, flagged as such or not (bridges drop the flag), is judged by its age: <see cref="PeerClock"/>.</item>
/// <item><b>Dropped.</b> A state is believed until its time to live has run out by our monotonic clock; then the box is silent, which is neither good nor bad.</item>
/// <item><b>Flooded.</b> Checking a signature takes about 100 µs, reading a message less; so <see cref="Screen"/> first drops what is foreign, unsigned or not even
/// claimed to be new, for some microseconds each. Of what is left only the newest of each topic waits, and each topic is looked at 100 times a second at
/// most (Agent/Mesh): one per cent of a processor for a topic under attack, and no topic holds up another. A member that floods its own topics thus harms
/// only itself. Forged messages in the name of a box, well formed and said to be new, cannot be told from its own before the check: beyond 100 a second
/// they crowd those out, and the box falls silent for us, by name. To do so takes somebody who may write that box's topics, who could as well drop them.</item>
/// </list>
/// </summary>
public sealed record Inbox
{
    private readonly string self;

    private Inbox(string self, Roster roster, ImmutableDictionary<string, PeerMemory> peers) => (this.self, Roster, Peers) = (self, roster, peers);

    private Roster Roster { get; init; }
    private ImmutableDictionary<string, PeerMemory> Peers { get; init; }
    private Refusals Strangers { get; init; } = Refusals.None;

    /// <param name="self">This box's name.</param>
    /// <param name="marks">What was kept of the run before, by box.</param>
    public static Inbox Start(string self, Roster roster, IReadOnlyDictionary<string, PeerMark> marks) =>
        new(self, roster, roster.Members.Where(m => m.Box != self).ToImmutableDictionary(m => m.Box, m => PeerMemory.Of(m, marks.GetValueOrDefault(m.Box))));

    /// <summary>To be kept on disk, by box.</summary>
    public IReadOnlyDictionary<string, PeerMark> Marks => Peers.Where(p => p.Value.Mark is not null).ToDictionary(p => p.Key, p => p.Value.Mark!);

    /// <summary>Members that are new, or have another key, begin anew; those who are gone are forgotten.</summary>
    public Inbox With(Roster next) => ReferenceEquals(next, Roster) ? this : this with
    {
        Roster = next,
        Peers = next.Members.Where(m => m.Box != self).ToImmutableDictionary(m => m.Box,
            m => Peers.GetValueOrDefault(m.Box) is { } known && known.Key == PeerMemory.Fingerprint(m) ? known : PeerMemory.Of(m, null)),
    };

    /// <summary>Looks at a message as it comes, without checking its signature. Neither: it is not worth a word.</summary>
    public (Delivery? Wanted, Refusal? Refused) Look(string topic, ReadOnlyMemory<byte> payload, DateTimeOffset at, TimeSpan since) =>
        Screen.Of(topic, payload, at, since, Roster, self, box => Peers.GetValueOrDefault(box)?.Last);

    /// <summary>Judges a <c>health</c> message.</summary>
    /// <param name="key">Of the member it comes from; null where its certificate is not valid now.</param>
    public Receipt Take(Delivery delivery, ECDsa? key)
    {
        // It may have left the roster since it was looked at.
        if (!Peers.TryGetValue(delivery.Box, out var peer))
            return Refuse(new(Refusals.Strangers, Rejection.Foreign, $"{delivery.Box} is not on the roster"), delivery.Since);
        Receipt No(Rejection kind, string why) => Refuse(new(delivery.Box, kind, why), delivery.Since);

        // 1. Who says it?
        if (key is null)
            return No(Rejection.Expired, "its certificate is not valid now, or not from this cluster's CA");
        if (!SignedJson.Verify(delivery.Json, delivery.Signature, delivery.Topic, key))
            return No(Rejection.Forged, $"not signed by {delivery.Box}'s key for this topic");

        // 2. What does it say?
        PeerState said;
        try
        {
            said = HealthReader.Read(delivery.Json);
        }
        catch (FormatException e)
        {
            return No(Rejection.Malformed, e.Message);
        }
        if (said.Box != delivery.Box)
            return No(Rejection.Malformed, $"it says that it is {said.Box}");
        if (Boots.Objection(said.Boot, delivery.At) is { } impossible)
            return No(Rejection.Malformed, impossible);

        // 3. Is it news?
        if (peer.Last is { } last && !said.IsNewerThan(last.Boot, last.Sequence))
            return No(Rejection.Replayed, Screen.Replayed((said.Boot, said.Sequence), last));
        var next = peer.Hear(said, delivery.At, delivery.Since, out var believed);
        var inbox = this with { Peers = Peers.SetItem(delivery.Box, next) };
        if (!believed)
            return inbox.Refuse(new(delivery.Box, peer.Clock.IsProven ? Rejection.Old : Rejection.Unproven, Unbelieved(delivery.At - said.Time - peer.Clock.Behind)), delivery.Since);
        return said.Schema > Messages.HealthMessage.CurrentSchema
            ? inbox.Refuse(new(delivery.Box, Rejection.NewerSchema, $"schema {said.Schema}, {Messages.HealthMessage.CurrentSchema} is known here"), delivery.Since) with { Believed = true }
            : new(inbox, true, null);
    }

    /// <summary>Counts what was refused elsewhere.</summary>
    public Receipt Refuse(Refusal refusal, TimeSpan now) => new(
        Peers.TryGetValue(refusal.Box, out var peer)
            ? this with { Peers = Peers.SetItem(refusal.Box, peer with { Refused = peer.Refused.With(refusal, now) }) }
            : this with { Strangers = Strangers.With(refusal, now) },
        false, refusal);

    public PeerBook Book(TimeSpan now) =>
        new([.. Roster.Members.Where(m => m.Box != self).Select(m => Peers[m.Box].Peer(m, now))], Strangers, self, Roster);

    /// <summary>When the book changes by itself, after this time; null: it does not.</summary>
    public TimeSpan? Until(TimeSpan now) => Peers.Values
        .SelectMany(p => new[] { p.Said is null ? null : p.BelievedUntil, p.Refused.GraveUntil(now) })
        .Where(t => t > now).Min();

    private static string Unbelieved(TimeSpan late) =>
        $"{Math.Abs(late.TotalSeconds):0} s {(late > TimeSpan.Zero ? "too old" : "in the future")} by its own clock, and no other shows yet that its clock is off";
}

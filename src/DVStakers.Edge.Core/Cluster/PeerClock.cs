namespace DVStakers.Edge.Core.Cluster;

/// <summary>
/// How old a peer's message is, though its clock may be wrong. What we see is its apparent age: our clock at the receipt less the message's own time. For a
/// message that comes straight from its sender that is the difference of the two clocks, so the least apparent age lately is taken for just that, and what
/// exceeds it is time on the way.
/// <list type="number">
/// <item>The difference is taken for what it was when the box was last heard, or for none. A message within its time to live by that is believed, at first
/// only for what is left of it. So with good clocks a retained message is worth something at once, and not for longer than its sender meant.</item>
/// <item>Any other is perhaps a leftover, and waits for a proof that its sender lives: a newer one whose apparent age is the same, received well after it. A
/// clock that is 40 s off passes that with its second message. A pile that a broker hands over at once does not: there the age shrinks from one to the next.</item>
/// <item>After a proof the difference follows the least apparent age of the last minutes, so it survives drift, and a clock that is set right proves itself anew.</item>
/// </list>
/// What this cannot tell from a clock that is off is a broker that holds everything back by the same time. It makes a peer look as it was a moment ago; and
/// whether a peer's node is any good is probed, not believed.
/// </summary>
public sealed record PeerClock
{
    /// <summary>Before a proof a message may seem this much younger than any before; after it any that is younger is only fresher.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(5);

    /// <summary>Two apparent ages this close count as the same; a bad line delays by seconds.</summary>
    private static readonly TimeSpan Tolerance = TimeSpan.FromSeconds(3);

    /// <summary>How far apart the two of a proof must be received. Boxes speak once a slot, and no queue takes that long to be handed over.</summary>
    private static readonly TimeSpan ProofTime = TimeSpan.FromSeconds(8);

    /// <summary>The least apparent age is that of this and the last such span of time.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private TimeSpan Before { get; init; }
    private TimeSpan Lately { get; init; }
    private TimeSpan WindowFrom { get; init; }
    private First? Waiting { get; init; }

    /// <param name="behind">As <see cref="Behind"/> was when the box was last heard; zero for a box never heard.</param>
    public PeerClock(TimeSpan behind) => (Before, Lately) = (behind, behind);

    /// <summary>Its clock's lag behind ours, with the shortest way of a message; negative where it is ahead.</summary>
    public TimeSpan Behind => Before < Lately ? Before : Lately;

    /// <summary>It was heard live since the agent started, so <see cref="Behind"/> was measured.</summary>
    public bool IsProven { get; private init; }

    /// <summary>Takes a message that is newer than all believed before.</summary>
    /// <param name="at">Our clock at the receipt.</param>
    /// <param name="since">Our monotonic clock at the receipt.</param>
    /// <param name="believeFor">How long to believe it from the receipt on; zero: not at all.</param>
    public PeerClock Hear(PeerState said, DateTimeOffset at, TimeSpan since, out TimeSpan believeFor)
    {
        var age = at - said.Time;
        var late = age - Behind;
        var fits = (IsProven || late >= -Slack) && late <= said.TimeToLive;
        believeFor = said.TimeToLive;
        if (fits && IsProven)
            return Heard(age, since);

        var same = Waiting is { } f && said.IsNewerThan(f.Boot, f.Sequence) && (age - f.Age).Duration() <= Tolerance;
        if (same && since - Waiting!.Since >= ProofTime)
            return new PeerClock(age < Waiting.Age ? age : Waiting.Age) { IsProven = true, WindowFrom = since };
        if (!fits)
            believeFor = TimeSpan.Zero;
        else if (late > TimeSpan.Zero)
            believeFor -= late;
        return same ? this : this with { Waiting = new First(said.Boot, said.Sequence, age, since) };
    }

    private PeerClock Heard(TimeSpan age, TimeSpan since) => since - WindowFrom >= Window
        ? this with { Before = Lately, Lately = age, WindowFrom = since, Waiting = null }
        : this with { Lately = age < Lately ? age : Lately, Waiting = null };

    /// <summary>A message that waits for a second one.</summary>
    private sealed record First(long Boot, long Sequence, TimeSpan Age, TimeSpan Since);
}

using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>An event as some node told it.</summary>
public sealed record StreamEvent(string Node, string Type, ReadOnlyMemory<byte> Data, DateTimeOffset At)
{
    public EventKey Key { get; } = EventKey.Of(Type, Data.Span);
}

/// <summary>
/// Makes one stream of many, for one client: the events of the node in use, each once. The others' are held back: they fill the gap when the node in use
/// changes, and a head that the node in use has not told of within its time is told for it.
/// No I/O and no clock: times come in.
/// </summary>
/// <param name="patience">How long the node in use may take to tell a head that another node has told.</param>
/// <param name="keep">How long other nodes' events are held for the case that the node in use changes.</param>
public sealed class StreamMerge(TimeSpan patience, TimeSpan keep)
{
    private const int MostHeld = 512;
    private const int MostSent = 4096;

    /// <summary>Between one <see cref="Due"/> and the next, a burst may come in: only the last resort bounds it, for the node in use may have told any of it.</summary>
    private const int MostTaken = 8 * MostHeld;

    private readonly HashSet<string> sent = [];
    private readonly Queue<string> sentOrder = new();
    private readonly List<StreamEvent> held = [];
    private StreamEvent? lastHead;
    private DateTimeOffset looked = DateTimeOffset.MinValue;

    /// <summary>Events that are held, and those that are known as told.</summary>
    public (int Held, int Told) Kept => (held.Count, sent.Count);

    /// <summary>Takes an event; <see cref="Due"/> then says what goes out.</summary>
    public void Take(StreamEvent told)
    {
        if (sent.Contains(told.Key.Identity))
            return;
        if (held.Count == MostTaken)
            held.RemoveAt(0);
        held.Add(told);
    }

    /// <summary>What goes to the client now, in order.</summary>
    public IReadOnlyList<StreamEvent> Due(string? serving, Root? expectedHead, DateTimeOffset now)
    {
        List<StreamEvent>? due = null;
        for (var i = 0; i < held.Count; i++)
        {
            var told = held[i];
            if ((told.Node == serving ? IsStepBack(told) : !IsOverdueHead(told, expectedHead, now)) || sent.Contains(told.Key.Identity))
                continue;
            Mark(told);
            (due ??= []).Add(told);
        }
        if (due is not null)
            held.RemoveAll(e => sent.Contains(e.Key.Identity));
        held.RemoveAll(e => now - e.At > keep);
        if (held.Count > MostHeld)
            held.RemoveRange(0, held.Count - MostHeld);
        looked = now;
        return due ?? (IReadOnlyList<StreamEvent>)[];
    }

    /// <summary>
    /// When <see cref="Due"/> may have something without a new event: an overdue head. Null where nothing waits.
    /// A head whose time was over when last looked at waits for another expected head, not for the clock.
    /// </summary>
    public DateTimeOffset? NextDue =>
        held.Where(e => IsHead(e) && e.At + patience > looked).Select(e => (DateTimeOffset?)(e.At + patience)).Min();

    private static bool IsHead(StreamEvent told) => told.Type is "head" or "head_v2" && told.Key.Slot is not null;

    /// <summary>
    /// A head older than the one that the client knows. Only the node that told that one can take it back, by a reorganisation; from any other
    /// it is a node that is late, or a head from before the change of nodes.
    /// </summary>
    private bool IsStepBack(StreamEvent told) =>
        IsHead(told) && lastHead is { } last && told.Key.Slot < last.Key.Slot && !(told.Node == last.Node && told.At >= last.At);

    private bool IsOverdueHead(StreamEvent told, Root? expectedHead, DateTimeOffset now) =>
        IsHead(told) && expectedHead is { } root && told.Key.Root == root
        // At the slot of the last one too: then the node in use is on a fork of its own, and the client has to hear of the head that it will be asked to sign.
        && (lastHead is not { } last || told.Key.Slot >= last.Key.Slot) && now - told.At >= patience;

    private void Mark(StreamEvent told)
    {
        sent.Add(told.Key.Identity);
        sentOrder.Enqueue(told.Key.Identity);
        if (sentOrder.Count > MostSent)
            sent.Remove(sentOrder.Dequeue());
        if (IsHead(told))
            lastHead = told;
    }
}

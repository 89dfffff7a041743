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

    private readonly HashSet<string> sent = [];
    private readonly Queue<string> sentOrder = new();
    private readonly List<StreamEvent> held = [];
    private Slot? lastHead;

    /// <summary>Takes an event; <see cref="Due"/> then says what goes out.</summary>
    public void Take(StreamEvent told)
    {
        if (sent.Contains(told.Key.Identity))
            return;
        if (held.Count == MostHeld)
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
            if (sent.Contains(told.Key.Identity))
                continue;
            if (told.Node == serving ? IsStepBack(told, now) : !IsOverdueHead(told, expectedHead, now))
                continue;
            Mark(told);
            (due ??= []).Add(told);
        }
        held.RemoveAll(e => sent.Contains(e.Key.Identity) || now - e.At > keep);
        return due ?? (IReadOnlyList<StreamEvent>)[];
    }

    /// <summary>When <see cref="Due"/> may have something without a new event: an overdue head. Null where nothing waits.</summary>
    public DateTimeOffset? NextDue => held.Where(IsHead).Select(e => (DateTimeOffset?)(e.At + patience)).Min();

    private static bool IsHead(StreamEvent told) => told.Type == "head" && told.Key.Slot is not null;

    /// <summary>A head held from before the change of nodes, older than what the client knows. A node's live step back, a reorganisation, does pass.</summary>
    private bool IsStepBack(StreamEvent told, DateTimeOffset now) =>
        IsHead(told) && lastHead is { } last && told.Key.Slot < last && now - told.At >= patience;

    private bool IsOverdueHead(StreamEvent told, Root? expectedHead, DateTimeOffset now) =>
        IsHead(told) && expectedHead is { } root && told.Key.Identity.EndsWith(root.ToString(), StringComparison.Ordinal)
        && (lastHead is not { } last || told.Key.Slot > last) && now - told.At >= patience;

    private void Mark(StreamEvent told)
    {
        sent.Add(told.Key.Identity);
        sentOrder.Enqueue(told.Key.Identity);
        if (sentOrder.Count > MostSent)
            sent.Remove(sentOrder.Dequeue());
        if (IsHead(told))
            lastHead = told.Key.Slot;
    }
}

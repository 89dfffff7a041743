using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Machine;

/// <summary>What is known of the box itself. Pure: one thing seen in, what is known now out; time comes with the readings.</summary>
public sealed record MachineMemory
{
    public static readonly MachineMemory Empty = new();

    private PanelReading panel = PanelReading.None;
    private HostMemory host = HostMemory.Empty;
    private ClientsMemory clients = ClientsMemory.Empty;

    private MachineMemory()
    {
    }

    public MachineStatus Status { get; private init; } = MachineStatus.Unseen;

    internal MachineMemory With(Observation seen) => seen switch
    {
        PanelSeen p => this with { panel = p.Reading, Status = Status with { Panel = p.Reading } },
        HostSeen h when host.With(h.Reading, h.Reading.At) is var next => this with { host = next, Status = Status with { Host = next.Status } },
        ClientsSeen c when clients.With(c.Reading, c.Reading.At) is var next => this with { clients = next, Status = Status with { Clients = next.All } },
        _ => this,
    };

    /// <summary>What is wrong now: its kind, what it is about, and what was seen.</summary>
    internal IEnumerable<(ConditionKind Kind, string Subject, string Detail)> Problems() => [.. PanelProblems.Of(panel), .. host.Problems, .. clients.Problems];
}

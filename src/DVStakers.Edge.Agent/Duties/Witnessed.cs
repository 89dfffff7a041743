using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Agent.Duties;

/// <summary>Something that the proxy saw of a validator's duties, as bytes: it is read when the request is long over.</summary>
/// <param name="At">When the client asked or sent.</param>
internal abstract record Witnessed(DateTimeOffset At)
{
    /// <summary>What holding it costs, in bytes.</summary>
    public abstract int Size { get; }
}

/// <summary>A client asked for duties and got an answer.</summary>
/// <param name="Method">GET or POST.</param>
/// <param name="Asked">The request's body.</param>
/// <param name="Body">The answer; empty where it could not be kept (too large, or compressed), and then it is asked for again.</param>
internal sealed record DutiesAnswered(DateTimeOffset At, string Method, string Path, byte[] Asked, byte[] Body, string Node) : Witnessed(At)
{
    public override int Size => Asked.Length + Body.Length;
}

/// <summary>A client asked for what it signs, and got it or not.</summary>
/// <param name="Node">Null where no node had an answer.</param>
/// <param name="Head">The block root in it, where it is known.</param>
/// <param name="Order">The nodes in the order of asking.</param>
/// <param name="Problems">What became of those that were asked and did not serve.</param>
/// <param name="Snapshot">What was held true when it was served.</param>
internal sealed record DataAnswered(
    DateTimeOffset At, TimeSpan Took, DutyKind Kind, Slot Slot, ulong Committee, string? Node, Root? Head,
    IReadOnlyList<string> Order, IReadOnlyList<string> Problems, Snapshot Snapshot) : Witnessed(At)
{
    public override int Size => 512;
}

/// <summary>A node answered to something that a client had signed.</summary>
/// <param name="Version">Eth-Consensus-Version; empty where the client sent none.</param>
/// <param name="Body">What the client sent; of a block the beginning.</param>
/// <param name="Node">Empty where there was no node to send it to.</param>
/// <param name="Status">0 where no answer came.</param>
/// <param name="Said">The node's answer, where it is not a success; its beginning.</param>
/// <param name="Problem">In words, where no answer came.</param>
internal sealed record PostAnswered(
    DateTimeOffset At, string Path, bool Ssz, string Version, byte[] Body, string Node, int Status, byte[] Said, string Problem) : Witnessed(At)
{
    public override int Size => Body.Length + Said.Length;
}

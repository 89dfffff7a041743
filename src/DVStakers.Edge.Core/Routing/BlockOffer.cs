using System.Numerics;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>A block that a node would have the validator sign. Several may be asked for at once; one is given out, the others are dropped (rule 4).</summary>
/// <param name="Parent">How the block it builds on stands to the expected head.</param>
/// <param name="Value">What it earns, in wei: Eth-Execution-Payload-Value and Eth-Consensus-Block-Value; 0 where the node does not say.</param>
/// <param name="Place">Its node's place in the order of asking, from 0.</param>
public readonly record struct BlockOffer(Agreement Parent, BigInteger Value, int Place)
{
    /// <summary>False where it would be built beside the chain: while time is left, another node's is awaited.</summary>
    public bool IsOnHead => Parent != Agreement.Stale;

    /// <summary>True where this one is better: a block on the head before one that is not, then the more valuable, then that of the node that ranks first.</summary>
    public bool Beats(BlockOffer other) =>
        IsOnHead != other.IsOnHead ? IsOnHead : Value != other.Value ? Value > other.Value : Place < other.Place;

    /// <summary>Sums the values of an answer's headers; what is no number counts as nothing.</summary>
    public static BigInteger ValueOf(string execution, string consensus) => Wei(execution) + Wei(consensus);

    private static BigInteger Wei(string text) =>
        BigInteger.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var wei) ? wei : BigInteger.Zero;
}

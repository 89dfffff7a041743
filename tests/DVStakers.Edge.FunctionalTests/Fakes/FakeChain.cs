using System.Security.Cryptography;
using System.Text;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>
/// What a fake node believes of its network and its head. Immutable: a test gives a node a new one (<c>node.Chain = node.Chain.Extend()</c>),
/// and every answer afterwards agrees with it. Two nodes with the same chain are in step.
/// </summary>
internal sealed record FakeChain
{
    public string ConfigName { get; init; } = "fake";
    public required DateTimeOffset GenesisTime { get; init; }
    public string GenesisValidatorsRoot { get; init; } = Hash("genesis validators");
    public TimeSpan SlotDuration { get; init; } = TimeSpan.FromSeconds(12);
    public ulong SlotsPerEpoch { get; init; } = 32;
    public ulong ChainId { get; init; } = 1337;

    /// <summary>The fork of the head block: capella, deneb, electra, fulu or gloas.</summary>
    public string Fork { get; init; } = "electra";

    public required ulong HeadSlot { get; init; }

    /// <summary>Two heads at one slot differ by this.</summary>
    public string Branch { get; init; } = "main";

    public string HeadRoot => Hash($"block {Branch} {HeadSlot}");
    public string ParentRoot => Hash($"block {Branch} {HeadSlot - 1}");
    public string ExecutionHash => Hash($"payload {Branch} {HeadSlot}");
    public string ParentExecutionHash => Hash($"payload {Branch} {HeadSlot - 1}");
    /// <summary>The slot at a time; 0 before genesis.</summary>
    public ulong SlotAt(DateTimeOffset time) => time <= GenesisTime ? 0 : (ulong)((time - GenesisTime).Ticks / SlotDuration.Ticks);

    public ulong HeadEpoch => HeadSlot / SlotsPerEpoch;
    public DateTimeOffset HeadTime => GenesisTime + SlotDuration * HeadSlot;

    /// <summary>A chain whose head is at the present slot.</summary>
    public static FakeChain Live(ulong headSlot = 100, double secondsPerSlot = 12, DateTimeOffset? now = null)
    {
        var slot = TimeSpan.FromSeconds(secondsPerSlot);
        var genesis = (now ?? TimeProvider.System.GetUtcNow()) - slot * headSlot;
        return new FakeChain
        {
            GenesisTime = DateTimeOffset.FromUnixTimeSeconds(genesis.ToUnixTimeSeconds()),
            SlotDuration = slot,
            HeadSlot = headSlot,
        };
    }

    /// <summary>The same chain with a later head.</summary>
    public FakeChain Extend(ulong slots = 1) => this with { HeadSlot = HeadSlot + slots };

    /// <summary>32 bytes that depend on the seed alone, as 0x and hexadecimal.</summary>
    public static string Hash(string seed) => "0x" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(seed)));
}

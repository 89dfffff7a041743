using System.Buffers.Binary;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Tests.Core.Chain;

/// <summary>A network like mainnet, and roots that can be told apart.</summary>
internal static class Given
{
    public static readonly ChainSpec Mainnet = new()
    {
        ConfigName = "mainnet",
        GenesisTime = new DateTimeOffset(2020, 12, 1, 12, 0, 23, TimeSpan.Zero),
        GenesisValidatorsRoot = RootOf(0x4b36),
        SlotDuration = TimeSpan.FromSeconds(12),
        SlotsPerEpoch = 32,
        AttestationDue = TimeSpan.FromSeconds(4),
        AggregateDue = TimeSpan.FromSeconds(8),
        DepositChainId = 1,
    };

    public static readonly ChainSpec Testnet = Mainnet with
    {
        ConfigName = "hoodi", GenesisValidatorsRoot = RootOf(0x212f), GenesisTime = Mainnet.GenesisTime.AddDays(1000), DepositChainId = 560048,
    };

    public static Root RootOf(ulong number)
    {
        Span<byte> bytes = stackalloc byte[32];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        return Root.FromBytes(bytes);
    }

    /// <summary>The block of a slot; another fork has another block there.</summary>
    public static Root Block(ulong slot, int fork = 0) => RootOf(0xB000_0000 + (slot * 8) + (ulong)fork);

    /// <summary>The execution payload's hash of that block.</summary>
    public static Root Payload(ulong slot, int fork = 0) => RootOf(0xE000_0000 + (slot * 8) + (ulong)fork);

    public static Head Head(ulong slot, int fork = 0, bool optimistic = false) => new(new Slot(slot), Block(slot, fork), optimistic);

    public static DateTimeOffset At(ulong slot, double seconds) => Mainnet.StartOf(new Slot(slot)).AddSeconds(seconds);
}

using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Tests.Core.Chain;

public sealed class UnitsTests
{
    [Theory]
    [InlineData(10, 7, 3)]
    [InlineData(10, 10, 0)]
    [InlineData(10, 11, 0)]
    [InlineData(0, ulong.MaxValue, 0)]
    public void A_distance_is_never_negative(ulong wall, ulong head, ulong distance) =>
        Assert.Equal(distance, SyncDistance.Between(new Slot(wall), new Slot(head)).Slots);

    [Fact]
    public void Before_genesis_it_is_slot_0_and_a_change_of_nodes_costs_nothing()
    {
        var before = Given.Mainnet.GenesisTime.AddHours(-1);
        Assert.Equal(new Slot(0), Given.Mainnet.SlotAt(before));
        Assert.True(Given.Mainnet.InSwitchWindow(before));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(7.999, false)]
    [InlineData(8, true)]
    [InlineData(11.999, true)]
    [InlineData(12, false)]
    public void The_switch_window_is_the_last_third_of_the_slot(double seconds, bool open) =>
        Assert.Equal(open, Given.Mainnet.InSwitchWindow(Given.At(77, seconds)));

    [Fact]
    public void A_slot_begins_with_its_first_tick()
    {
        Assert.Equal(new Slot(77), Given.Mainnet.SlotAt(Given.At(77, 0)));
        Assert.Equal(new Slot(76), Given.Mainnet.SlotAt(Given.At(77, 0).AddTicks(-1)));
        Assert.Equal(Given.At(77, 4), Given.Mainnet.AttestationDeadline(new Slot(77)));
        Assert.Equal(new Epoch(2), Given.Mainnet.EpochOf(new Slot(64)));
    }

    [Fact]
    public void A_network_is_known_by_its_genesis_and_deposit_chain_not_by_its_deadlines_or_name()
    {
        Assert.True(Given.Mainnet.SameNetwork(Given.Mainnet with { ConfigName = "", AttestationDue = TimeSpan.FromSeconds(3) }));
        Assert.False(Given.Mainnet.SameNetwork(Given.Testnet));
        Assert.False(Given.Mainnet.SameNetwork(Given.Mainnet with { DepositChainId = 2 }));
        Assert.False(Given.Mainnet.SameNetwork(Given.Mainnet with { GenesisTime = Given.Mainnet.GenesisTime.AddSeconds(1) }));
    }

    [Fact]
    public void A_root_is_read_in_either_case_and_compares_as_one()
    {
        Assert.True(Root.TryParse("0x" + new string('A', 64), out var upper));
        Assert.True(Root.TryParse("0X" + new string('a', 64), out var lower));
        Assert.Equal(lower, upper);
        Assert.Equal("0x" + new string('a', 64), upper.ToString());
        Assert.Equal("0xaaaaaaaa", upper.Short);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("0x")]
    [InlineData("0xgg")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")]
    [InlineData("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaz")]
    public void What_is_not_a_root_is_refused_without_an_exception(string? text) => Assert.False(Root.TryParse(text, out _));
}

using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Tests.Core.Chain;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Routing;

public sealed class DeadlinesTests
{
    private static readonly Route AttestationData = Routes.Find("GET", "/eth/v1/validator/attestation_data");
    private static readonly Route PayloadAttestation = Routes.Find("GET", "/eth/v1/validator/payload_attestation_data");
    private static readonly Route Block = Routes.Find("GET", "/eth/v3/validator/blocks/1");
    private static readonly Route Plain = Routes.Find("GET", "/eth/v1/beacon/genesis");

    private static readonly ChainSpec Gloas = Given.Mainnet with { Gloas = new(new Epoch(4), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(9)) };

    private static ChainSpec Scaled(double factor) => Given.Mainnet with
    {
        SlotDuration = Given.Mainnet.SlotDuration * factor,
        AttestationDue = Given.Mainnet.AttestationDue * factor,
        AggregateDue = Given.Mainnet.AggregateDue * factor,
    };

    private static Deadlines At(Route route, ChainSpec spec, double share, ulong slot = 1000) =>
        Deadlines.For(route, spec, spec.StartOf(new Slot(slot)) + spec.SlotDuration * share);

    [Fact]
    public void On_mainnet_a_silent_node_is_hedged_after_300_ms_and_a_stale_answer_taken_after_1200()
    {
        var mainnet = At(AttestationData, Given.Mainnet, 0);
        Assert.Equal(TimeSpan.FromMilliseconds(300), mainnet.Hedge);
        Assert.Equal(TimeSpan.FromSeconds(1.2), mainnet.Settle);
        Assert.Equal(Given.Mainnet.AggregateDue, mainnet.Give);
    }

    [Fact]
    public void The_budget_is_what_is_left_of_the_time_until_aggregates_are_due_and_never_nothing()
    {
        Assert.Equal(TimeSpan.FromSeconds(4), At(AttestationData, Given.Mainnet, 4 / 12.0).Give);
        Assert.Equal(TimeSpan.FromSeconds(1.2), At(AttestationData, Given.Mainnet, 4 / 12.0).Settle);
        Assert.Equal(TimeSpan.FromSeconds(0.4), At(AttestationData, Given.Mainnet, 11 / 12.0).Settle);
        Assert.Equal(TimeSpan.FromSeconds(2), At(AttestationData, Given.Mainnet, 11 / 12.0).Give);
    }

    [Fact]
    public void Since_gloas_its_own_times_count_and_not_before()
    {
        Assert.Equal(TimeSpan.FromSeconds(8), At(AttestationData, Gloas, 0, slot: 127).Give);
        Assert.Equal(TimeSpan.FromSeconds(6), At(AttestationData, Gloas, 0, slot: 128).Give);
        Assert.Equal(TimeSpan.FromSeconds(0.9), At(AttestationData, Gloas, 0, slot: 128).Settle);
        Assert.Equal(TimeSpan.FromSeconds(9), At(PayloadAttestation, Gloas, 0, slot: 128).Give);
        Assert.True(Gloas.InSwitchWindow(Gloas.StartOf(new Slot(127)).AddSeconds(8.5)));
        Assert.False(Gloas.InSwitchWindow(Gloas.StartOf(new Slot(128)).AddSeconds(8.5)));
        Assert.True(Gloas.InSwitchWindow(Gloas.StartOf(new Slot(128)).AddSeconds(9)));
    }

    [Fact]
    public void Equal_offers_of_a_block_are_compared_in_the_first_second_of_a_mainnet_slot_only()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), At(Block, Given.Mainnet, 0).Settle);
        Assert.Equal(TimeSpan.FromSeconds(0.4), At(Block, Given.Mainnet, 0.05).Settle);
        Assert.Equal(TimeSpan.Zero, At(Block, Given.Mainnet, 0.2).Settle);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void They_scale_with_the_slot_and_the_hedge_stays_between_250_and_400_ms(double factor)
    {
        foreach (var route in Routes.Table)
            foreach (var share in new[] { 0, 0.2, 0.5, 0.9 })
            {
                var (mainnet, scaled) = (At(route, Given.Mainnet, share), At(route, Scaled(factor), share));
                Assert.Equal((mainnet.Settle * factor).TotalSeconds, scaled.Settle.TotalSeconds, 5);
                Assert.Equal((mainnet.Give * factor).TotalSeconds, scaled.Give.TotalSeconds, 5);
                if (route.Class is not (RouteClass.BlockProduction or RouteClass.MakerFirst))
                    Assert.InRange(scaled.Hedge.TotalMilliseconds, 250, 400);
            }
    }

    [Fact]
    public void Whenever_it_is_asked_an_answer_is_settled_on_before_it_is_given_up() =>
        Prop.ForAll(Gen.Choose(0, 11_999).ToArbitrary(), Gen.Choose(0, Routes.Table.Count - 1).ToArbitrary(), (ms, row) =>
        {
            var given = Deadlines.For(Routes.Table[row], Given.Mainnet, Given.At(1000, ms / 1000.0));
            return given.Settle >= TimeSpan.Zero && given.Settle <= given.Give && given.Hedge < given.Give;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void An_attestation_is_answered_before_it_is_due_even_from_the_shortest_slot() =>
        Assert.True(At(AttestationData, Scaled(0.25), 0).Settle < Scaled(0.25).AttestationDue);

    [Fact]
    public void A_block_is_left_to_its_first_node_longer_than_a_read() =>
        Assert.True(At(Block, Given.Mainnet, 0).Hedge > At(Plain, Given.Mainnet, 0).Hedge);

    [Fact]
    public void Before_the_network_is_known_and_before_genesis_there_are_deadlines_too()
    {
        Assert.True(Deadlines.For(Plain, null, Given.At(1, 0)).Hedge < Deadlines.For(Plain, null, Given.At(1, 0)).Give);
        Assert.Equal(At(AttestationData, Given.Mainnet, 0, slot: 0), Deadlines.For(AttestationData, Given.Mainnet, Given.Mainnet.GenesisTime.AddHours(-1)));
    }
}

using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Tests.Core.Chain;

namespace DVStakers.Edge.Tests.Core.Routing;

public sealed class DeadlinesTests
{
    private static ChainSpec Scaled(double factor) => Given.Mainnet with
    {
        SlotDuration = Given.Mainnet.SlotDuration * factor,
        AttestationDue = Given.Mainnet.AttestationDue * factor,
        AggregateDue = Given.Mainnet.AggregateDue * factor,
    };

    [Fact]
    public void On_mainnet_a_silent_node_is_hedged_after_300_ms_and_a_stale_answer_taken_after_1200()
    {
        var mainnet = Deadlines.For(RouteClass.AttestationData, Given.Mainnet);
        Assert.Equal(TimeSpan.FromMilliseconds(300), mainnet.Hedge);
        Assert.Equal(TimeSpan.FromSeconds(1.2), mainnet.Settle);
        Assert.Equal(Given.Mainnet.AggregateDue, mainnet.Give);
    }

    [Theory]
    [InlineData(0.25)]
    [InlineData(0.5)]
    [InlineData(2)]
    public void They_scale_with_the_slot_and_the_hedge_stays_between_250_and_400_ms(double factor)
    {
        foreach (var route in Enum.GetValues<RouteClass>())
        {
            var (mainnet, scaled) = (Deadlines.For(route, Given.Mainnet), Deadlines.For(route, Scaled(factor)));
            Assert.Equal(mainnet.Settle * factor, scaled.Settle);
            Assert.Equal(mainnet.Give * factor, scaled.Give);
            Assert.True(scaled.Hedge < scaled.Give);
            if (route != RouteClass.BlockProduction)
                Assert.InRange(scaled.Hedge.TotalMilliseconds, 250, 400);
        }
    }

    [Fact]
    public void An_attestation_is_answered_before_it_is_due_even_from_the_shortest_slot() =>
        Assert.True(Deadlines.For(RouteClass.AttestationData, Scaled(0.25)).Settle < Scaled(0.25).AttestationDue);

    [Fact]
    public void A_block_is_left_to_its_first_node_longer_than_a_read() =>
        Assert.True(Deadlines.For(RouteClass.BlockProduction, Given.Mainnet).Hedge > Deadlines.For(RouteClass.Read, Given.Mainnet).Hedge);

    [Fact]
    public void Before_the_network_is_known_there_are_deadlines_too() =>
        Assert.True(Deadlines.For(RouteClass.Read, null).Hedge < Deadlines.For(RouteClass.Read, null).Give);
}

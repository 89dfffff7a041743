using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class PowerRightsTests
{
    [Theory]
    [InlineData("kernel", false, true)]
    [InlineData("nut", false, false)]
    [InlineData("nut", true, true)]
    [InlineData("none", false, false)]
    [InlineData("none", true, true)]
    public void The_box_may_be_switched_off_where_the_policy_or_a_button_does_that(string model, bool button, bool off)
    {
        var config = new EdgeConfig
        {
            Power = new PowerConfig { Model = model, Execution = [ClientUnit.Parse(ClientRole.Execution, "geth")!] },
            Panel = new PanelConfig { ButtonLine = button ? "pin 16" : null },
        };
        Assert.Equal(off ? ["geth.service", PowerRights.PowerOff] : ["geth.service"], PowerRights.Of(config));
    }

    [Fact]
    public void A_button_alone_gives_none() => Assert.Empty(PowerRights.Of(new EdgeConfig { Panel = new PanelConfig { ButtonLine = "pin 16" } }));
}

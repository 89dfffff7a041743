using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class LastMoveTests
{
    private const string CanCut = "waveshare-ups-hat-e";

    [Theory]
    [InlineData(CanCut, true, OutagePhase.PoweringOff, "here", false, false, "cut")]
    [InlineData(CanCut, true, OutagePhase.PoweringOff, "here", false, true, "boot")]
    [InlineData(CanCut, false, OutagePhase.PoweringOff, "here", false, true, "boot")]
    [InlineData("geekworm-x1202", false, OutagePhase.PoweringOff, "here", false, true, "boot")]
    [InlineData(CanCut, false, OutagePhase.PoweringOff, "here", false, false, "does not ask for it")]
    [InlineData("geekworm-x1202", true, OutagePhase.PoweringOff, "here", false, false, "cannot take the power away")]
    [InlineData(CanCut, true, OutagePhase.Stopped, "here", false, true, "has not switched the box off")]
    [InlineData(CanCut, true, OutagePhase.None, "here", false, true, "has not switched the box off")]
    [InlineData(CanCut, true, OutagePhase.PoweringOff, "elsewhere", false, true, "in another boot")]
    [InlineData(CanCut, true, OutagePhase.PoweringOff, "here", true, true, "a person switched the box off")]
    [InlineData(CanCut, true, OutagePhase.PoweringOff, "here", true, false, "a person switched the box off")]
    public void Only_after_this_agents_own_power_off_of_this_boot_and_with_mains_it_boots(
        string model, bool cut, OutagePhase phase, string boot, bool byPerson, bool mains, string expected)
    {
        var outage = new Outage { Phase = phase, Boot = boot, ByPerson = byPerson };
        var move = LastMove.Of(new PowerConfig { Model = model, Cut = cut }, outage, "here", mains);
        Assert.Contains(expected, move switch { LastMove.Cut => "cut", LastMove.Boot => "boot", LastMove.Off(var reason) => reason, _ => "" }, StringComparison.Ordinal);
        Assert.Equal(phase == OutagePhase.PoweringOff && boot == "here" && !byPerson, LastMove.IsOurs(outage, "here"));
    }

    [Fact]
    public void A_kernel_that_does_not_tell_its_boot_never_leads_to_a_cut() =>
        Assert.IsType<LastMove.Off>(LastMove.Of(new PowerConfig { Model = CanCut, Cut = true }, new Outage { Phase = OutagePhase.PoweringOff, Boot = "" }, "", mains: false));
}

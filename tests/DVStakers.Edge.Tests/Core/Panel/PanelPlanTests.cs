using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Tests.Core.Panel;

public sealed class PanelPlanTests
{
    [Fact]
    public void A_boards_own_led_shows_everything_where_none_is_named()
    {
        var lamp = Assert.Single(PanelPlan.Lamps(new() { Board = Board.Rock5B }));
        Assert.Equal(("blue:status", PanelRole.Single), (lamp.Name, lamp.Shows));
        Assert.Equal(["blue:status", "status"], Assert.IsType<KernelLed>(lamp.Place).Names);
        Assert.Empty(PanelPlan.Lamps(new() { Board = Board.Nuc }));
    }

    [Fact]
    public void A_pin_is_the_line_of_its_board()
    {
        Assert.Equal(new LineAddress("gpio3", "17"), PanelPlan.Line("pin 11", null, Board.Rock5B));
        Assert.Equal(new LineAddress("pinctrl-rp1", "GPIO17"), PanelPlan.Line("PIN11", null, Board.RaspberryPi5));
        Assert.Equal(new LineAddress("pinctrl-rp1", "GPIO17"), PanelPlan.Line("GPIO17", null, Board.RaspberryPi5));
        Assert.Equal(new LineAddress("gpio4", "20"), PanelPlan.Line("20", "gpio4", Board.Generic));
        Assert.Null(PanelPlan.Line("GPIO17", null, Board.Generic));
        Assert.Null(PanelPlan.Line("pin 8", null, Board.Rock5B));
    }

    [Fact]
    public void No_pin_is_free_and_reserved_at_once_and_every_one_of_the_forty_is_one_of_them()
    {
        foreach (var board in new[] { Board.Rock5B, Board.RaspberryPi5 })
        {
            Assert.Equal(Enumerable.Range(1, 40), board.Header.Keys.Concat(board.Reserved.Keys).Order());
            Assert.Equal(board.Header.Count, board.Header.Values.Distinct().Count());
        }
    }

    [Theory]
    [InlineData("green,red", "solid", "green")]
    [InlineData("green,red", "slow blink", "green,red")]
    [InlineData("green,red", "two flashes", "red")]
    [InlineData("green,red", "off", "")]
    [InlineData("green,yellow,red", "slow blink", "yellow")]
    [InlineData("green,yellow", "fast blink", "yellow")]
    [InlineData("blue,red", "solid", "blue")]
    [InlineData("green,blue", "three flashes", "green,blue")]
    [InlineData("red", "solid", "red")]
    public void Of_several_colours_those_light_that_say_it(string there, string pattern, string lit)
    {
        var lamps = there.Split(',').Select(c => new Lamp(c, PanelRole.Stack, Enum.Parse<LedColour>(c, ignoreCase: true), new KernelLed([c]))).ToList();
        lamps.Add(new("other", PanelRole.Validator, LedColour.White, new KernelLed(["other"])));
        var led = new Led("stack", Rhythms.All.Single(r => r.Word == pattern), "");
        var states = new LedStates(led, led, led with { Pattern = LedPattern.Solid }, led, led);
        var shown = lamps.Where(l => l.Shows is PanelRole.Stack && PanelPlan.Shown(l, lamps, states) is var p && p != LedPattern.Off && p == led.Pattern).Select(l => l.Name);
        Assert.Equal(lit, string.Join(',', shown));
        Assert.Equal(LedPattern.Solid, PanelPlan.Shown(lamps[^1], lamps, states));
    }
}

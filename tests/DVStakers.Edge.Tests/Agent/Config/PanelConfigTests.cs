using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Tests.Agent.Config;

public sealed class PanelConfigTests
{
    [Fact]
    public void A_whole_panel_becomes_the_configuration()
    {
        var panel = Written.Good("""
            panel:
              board: rock-5b
              flash-on-duty: true
              button-line: pin 16
              leds:
                - led: blue:status
                - { shows: stack, line: pin 11, colour: red }
                - { shows: stack, line: pin 13, colour: green }
                - { shows: power, line: "5", chip: gpio3, active-low: true, open-drain: true }
            """).Panel!;
        Assert.Equal((Board.Rock5B, true, "pin 16"), (panel.Board, panel.FlashOnDuty, panel.ButtonLine));
        Assert.Equal(
        [
            new LedConfig { Led = "blue:status" },
            new LedConfig { Shows = PanelRole.Stack, Line = "pin 11", Colour = LedColour.Red },
            new LedConfig { Shows = PanelRole.Stack, Line = "pin 13", Colour = LedColour.Green },
            new LedConfig { Shows = PanelRole.Power, Line = "5", Chip = "gpio3", ActiveLow = true, OpenDrain = true },
        ], panel.Leds);
    }

    [Fact]
    public void The_environment_makes_and_changes_leds()
    {
        var panel = Written.Good("panel: { board: raspberry-pi-5, leds: [ { led: ACT } ] }",
            ("EDGE_PANEL_LEDS_0_SHOWS", "validator"), ("EDGE_PANEL_LEDS_1_LINE", "pin 11"), ("EDGE_PANEL_BUTTON_LINE", "pin 13")).Panel!;
        Assert.Equal([new LedConfig { Led = "ACT", Shows = PanelRole.Validator }, new LedConfig { Line = "pin 11" }], panel.Leds);
        Assert.Equal("pin 13", panel.ButtonLine);
    }

    [Fact]
    public void Without_the_section_there_is_no_panel() => Assert.Null(Written.Good("box: a").Panel);

    public static TheoryData<string, string[]> Wrong => new()
    {
        { "panel: { board: rock5 }", ["edge.yaml:1:17: error: 'panel.board' is \"rock5\"; allowed is rock-5b, raspberry-pi-5, nuc or generic; did you mean 'rock-5b'?",
            "edge.yaml:1:17: warning: a generic board has no LED of its own that is known, and 'leds' names none, so nothing is lit"] },
        { "panel: { board: rock-5b, led: [] }", ["edge.yaml:1:26: error: unknown key 'panel.led'; did you mean 'leds'?"] },
        { "panel: { board: rock-5b, leds: [ { show: stack } ] }", [
            "edge.yaml:1:36: error: unknown key 'show'; did you mean 'shows'?",
            "edge.yaml:1:34: error: this LED is nowhere: write 'led' (a name in /sys/class/leds) or 'line' (a pin or GPIO line)"] },
        { "panel: { board: rock-5b, leds: [ { led: a, line: pin 11 } ] }", ["edge.yaml:1:50: error: an LED is either 'led' or 'line', not both; for two LEDs write two items"] },
        { "panel: { board: rock-5b, leds: [ { line: pin 8 } ] }", ["edge.yaml:1:42: error: pin 8 is the serial console's, on which the boot loader listens; free are 7, 11, 12, 13, 15, 16, 18, 19, 21, 23, 24, 26, 29, 31, 32, 33, 35, 36, 38, 40"] },
        { "panel: { board: nuc, leds: [ { line: pin 11 } ] }", ["edge.yaml:1:38: error: the pins of a nuc board are not known; write the board, or 'chip' and 'line'"] },
        { "panel: { leds: [ { line: \"7\" } ] }", ["edge.yaml:1:26: error: on which chip is line '7'? Write 'chip' too (gpioinfo shows the labels)"] },
        { "panel: { leds: [ { led: a, active-low: true } ] }", ["edge.yaml:1:40: error: active-low counts only with 'line'; write that too, or leave this out"] },
        { "panel: { board: rock-5b, leds: [ { line: pin 11 }, { line: \"17\", chip: gpio3 } ] }", ["edge.yaml:1:60: error: this LED is named twice; the first is at edge.yaml:1:34"] },
        { "panel: { board: rock-5b, button-line: pin 11, leds: [ { line: pin 11 } ] }", ["edge.yaml:1:39: error: this line is an LED already, at edge.yaml:1:55"] },
        { "panel: { board: rock-5b, leds: [ { led: ../x } ] }", ["edge.yaml:1:41: error: 'panel.leds[0].led' is \"../x\"; allowed is a name in /sys/class/leds"] },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Every_error_has_its_place_and_says_what_is_allowed(string yaml, string[] problems) =>
        Assert.Equal(problems, Written.Read(yaml).Problems.Select(p => p.ToString()));
}

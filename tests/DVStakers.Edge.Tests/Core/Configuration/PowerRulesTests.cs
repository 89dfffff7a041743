using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Tests.Agent.Config;

namespace DVStakers.Edge.Tests.Core.Configuration;

public sealed class PowerRulesTests
{
    private const string Stacks = "stacks: [{ name: a, beacon-node: \"http://h:5052\" }]\n";
    private const string Clients = "execution: geth";

    [Fact]
    public void A_whole_section_is_read()
    {
        var power = Written.Good(Stacks + """
            power:
              model: geekworm-x728
              bus: i2c-1
              gpio-chip: pinctrl-bcm2711
              stop-below-minutes: 15
              stop-below-percent: 40
              cut: yes
              validator: lighthousevalidator, docker:charon-1
              consensus: lighthousebeacon.service
              execution: geth
              execution-seconds: 600
            """).Power!;
        Assert.Equal(("i2c-1", 15, 40, true, true, 600), (power.Bus, power.StopBelowMinutes, power.StopBelowPercent, power.Cut, power.PowerOff, power.ExecutionSeconds));
        Assert.Equal(["lighthousevalidator.service", "docker:charon-1", "lighthousebeacon.service", "geth.service"], power.Clients.Select(c => c.Text));
    }

    [Fact]
    public void The_environment_reaches_it_too() =>
        Assert.Equal("rack", Written.Good(Stacks + "power: { model: nut, execution: geth }", ("EDGE_POWER_NUT_UPS", "rack")).Power!.NutUps);

    [Theory]
    [InlineData("model: geekworm-x723\n  bus: i2c-1", "did you mean 'geekworm-x728'?")]
    [InlineData("bus: i2c-1", "power has no model")]
    [InlineData("model: waveshare-ups-hat-e", "name its bus")]
    [InlineData("model: waveshare-ups-hat-b\n  bus: i2c-1\n  address: 0x36", "is at 0x42 to 0x4f")]
    [InlineData("model: waveshare-ups-hat-e\n  bus: i2c-1\n  address: 0x2e", "is at 0x2d and nowhere else")]
    [InlineData("model: max17048\n  bus: i2c-1", "name the line that tells the mains")]
    [InlineData("model: geekworm-x1202\n  bus: i2c-1", "power.gpio-chip")]
    [InlineData("model: dry-contacts\n  gpio-chip: gpio4", "power.battery-line")]
    [InlineData("model: kernel", "power.supply")]
    [InlineData("model: nut\n  bus: i2c-1", "bus means nothing for nut")]
    [InlineData("model: nut\n  nut-username: me", "go together")]
    [InlineData("model: none\n  bus: i2c-1", "bus means nothing for none")]
    [InlineData("model: none\n  cut: yes", "cannot be told to take the power away")]
    [InlineData("model: nut\n  cut: yes", "cannot be told to take the power away")]
    [InlineData("model: waveshare-ups-hat-e\n  bus: i2c-1\n  cut: yes\n  power-off: no", "the power would be taken from a running box")]
    [InlineData("model: nut\n  stop-below-percent: 3", "a whole number from 5 to 95")]
    [InlineData("model: nut\n  validator: \"--now\"", "docker:NAME for a container")]
    [InlineData("model: nut\n  consensus: geth.service", "geth.service is named twice")]
    public void What_cannot_be_is_refused_with_a_reason(string section, string words)
    {
        var result = Written.Read($"{Stacks}power:\n  {section}\n  {Clients}\n");
        Assert.Null(result.Config);
        Assert.Contains(words, string.Join('\n', result.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("model: nut", "no client is named")]
    [InlineData("model: nut\n  validator: vc", "power.execution is missing")]
    public void What_leaves_a_client_without_an_orderly_stop_is_warned_of(string section, string words)
    {
        var result = Written.Read($"{Stacks}power:\n  {section}\n");
        Assert.NotNull(result.Config);
        Assert.Contains(words, result.Problems.Single().Text, StringComparison.Ordinal);
    }
}

using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Tests.Agent.Cluster;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class MemberSettingsTests : IDisposable
{
    private readonly Town town = new Town().With("nuc-2");

    public void Dispose() => town.Dispose();

    [Fact]
    public void Where_there_is_no_configuration_one_is_written_that_needs_nothing_more()
    {
        var file = town["edge.yaml"];
        Assert.Equal($"\nWrote {file}: MQTT to this box's own broker, and its nodes lent to the others.", Complete(file));
        Assert.Equal("# What a member of cluster kili needs. Every setting: docs/configuration.md\nmqtt:\n  tls: cluster\ngateway: {}\n", File.ReadAllText(file));
        Assert.Equal("", Complete(file));
    }

    [Theory]
    [InlineData("log: { level: debug }\n", "so that the others hear of this box and can borrow its nodes:\nmqtt:\n  tls: cluster\ngateway: {}")]
    [InlineData("gateway: {}\n", "so that the others hear of this box:\nmqtt:\n  tls: cluster")]
    [InlineData("mqtt: {}\n", "so that the others hear of this box and can borrow its nodes:\ngateway: {}")]
    [InlineData("mqtt: {}\ngateway: {}\n", "")]
    [InlineData("mqtt: [\n", "")]
    public void One_that_is_there_is_never_changed_and_what_is_missing_is_named(string text, string named)
    {
        var file = town["edge.yaml"];
        File.WriteAllText(file, text);
        Assert.EndsWith(named, Complete(file));
        Assert.Equal(named.Length == 0, Complete(file).Length == 0);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void Where_it_cannot_be_written_the_lines_are_given_and_a_named_file_is_not_made()
    {
        var file = Path.Combine(town["nowhere"], "edge.yaml");
        Assert.Contains($"There is no {file}, and it cannot be written", Complete(file));
        Assert.EndsWith("It needs:\nmqtt:\n  tls: cluster\ngateway: {}", Complete(file));
        Assert.Equal("", MemberSettings.Complete(town["mine.yaml"], town.Files("nuc-2")));
        Assert.False(File.Exists(town["mine.yaml"]));
    }

    private string Complete(string file) => MemberSettings.Complete(null, town.Files("nuc-2"), file);
}

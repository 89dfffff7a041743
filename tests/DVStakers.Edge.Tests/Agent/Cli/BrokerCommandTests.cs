using System.Text;
using System.Text.Json.Nodes;
using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Tests.Agent.Cluster;

namespace DVStakers.Edge.Tests.Agent.Cli;

/// <summary>Who gets a line of a broker's ACL and a bridge is on the roster that the CA signed, and on nothing else.</summary>
public sealed class BrokerCommandTests : IDisposable
{
    private readonly Town town = new Town().With("meru");

    [Fact]
    public async Task A_signed_roster_makes_the_brokers_files()
    {
        var (code, errors) = await Render();
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("user nuc-1", Written("acl"), StringComparison.Ordinal);
        Assert.Contains("connection nuc-1", Written("../conf.d/dvstakers-edge.conf"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("another member", "signature")]
    [InlineData("another address", "signature")]
    [InlineData("another cluster's", "signature")]
    [InlineData("signature left out, a key misspelt", "memberss")]
    [InlineData("another box's certificate", "box.key")]
    [InlineData("no roster", "in no cluster")]
    public async Task A_roster_that_somebody_changed_makes_nothing(string how, string named)
    {
        Change(how);
        var (code, errors) = await Render();
        Assert.Equal(1, code);
        Assert.Contains(named, errors, StringComparison.Ordinal);
        Assert.Contains(town.Directory("meru"), errors, StringComparison.Ordinal);
        Assert.False(Directory.Exists(town["mosquitto"]));
    }

    private void Change(string how)
    {
        var path = Path.Combine(town.Directory("meru"), "roster.json");
        var text = File.ReadAllText(path);
        switch (how)
        {
            case "another member":
                // As the CA wrote it, with one more behind the others: what counted before was that it can be read.
                var roster = JsonNode.Parse(text)!.AsObject();
                var rogue = roster["members"]![1]!.DeepClone();
                rogue["box"] = "rogue";
                roster["members"]!.AsArray().Add(rogue);
                File.WriteAllText(path, roster.ToJsonString());
                Assert.Equal(3, Roster.Parse(File.ReadAllBytes(path)).Members.Count);
                break;
            case "another address":
                File.WriteAllText(path, text.Replace("nuc-1.example:8883", "evil.example:8883", StringComparison.Ordinal));
                break;
            case "another cluster's":
                using (var other = new Town().With("meru"))
                    File.Copy(Path.Combine(other.Directory("meru"), "roster.json"), path, overwrite: true);
                break;
            case "signature left out, a key misspelt":
                SignedJson.TrySplit(Encoding.UTF8.GetBytes(text.TrimEnd('\n')), out var json, out _);
                File.WriteAllText(path, Encoding.UTF8.GetString(json).Replace("\"version\"", "\"memberss\":1,\"version\"", StringComparison.Ordinal));
                break;
            case "another box's certificate":
                File.Copy(Path.Combine(town.Directory("nuc-1"), "box.crt"), Path.Combine(town.Directory("meru"), "box.crt"), overwrite: true);
                break;
            default:
                File.Delete(path);
                break;
        }
    }

    private async Task<(int Code, string Errors)> Render()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        var code = await new BrokerCommand(town.Directory("meru"), town["mosquitto"], null, null, 1883, Shared: false, Check: false).Execute(output, errors);
        return (code, errors.ToString());
    }

    private string Written(string file) => File.ReadAllText(Path.Combine(town["mosquitto"], "dvstakers-edge", file));

    public void Dispose() => town.Dispose();
}

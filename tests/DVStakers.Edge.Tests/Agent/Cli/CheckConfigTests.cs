using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Tests.Agent.Config;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class CheckConfigTests
{
    [Fact]
    public void The_summary_says_what_the_agent_would_do_and_no_password()
    {
        var config = Written.Good("""
            stacks:
              - { name: a, beacon-node: "http://me:secret@h:5052", execution-client: "http://h:8545" }
              - { name: b, beacon-node: "http://h:5051" }
            mqtt: { username: nuc-1 }
            """);
        Assert.Equal("""
            box nuc-1 in cluster home
            cluster: none
            validators and DVT clients: http://127.0.0.1:5070
            status: http://127.0.0.1:5072/status
            MQTT: 127.0.0.1:1883 as nuc-1
            stacks, in the order of preference:
              1. a: beacon node http://h:5052/, execution client http://h:8545/
              2. b: beacon node http://h:5051/, no execution client, so it is judged by its beacon node alone and never ranks as healthy
            """, string.Join('\n', CheckConfigCommand.Summary(config, [], "cluster: none")));
    }
}

using DVStakers.Edge.Agent.Config;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.FirstBoot;

namespace DVStakers.Edge.Tests.Core.FirstBoot;

public sealed class BoxReaderTests
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f you@pc";

    [Fact]
    public void Everything_is_taken()
    {
        var box = Good($$"""
            name: nuc-1
            ssh-keys:
              - {{Key}}
            time-zone: Africa/Nairobi
            network: { interface: enp3s0, address: 192.168.1.20/24, gateway: 192.168.1.1, dns: "192.168.1.1, 1.1.1.1" }
            open-ports: 30303/tcp,30303/udp
            data-disk: blank
            invitation: nuc-1.invitation
            agent: { mqtt: {} }
            """);
        Assert.Equal(("nuc-1", "Africa/Nairobi", "blank", "nuc-1.invitation"), (box.Name, box.TimeZone, box.DataDisk, box.Invitation));
        Assert.Equal(Key, Assert.Single(box.SshKeys));
        Assert.Equal(("enp3s0", "192.168.1.20/24", "192.168.1.1"), (box.Network.Interface, box.Network.Address, box.Network.Gateway));
        Assert.Equal(["192.168.1.1", "1.1.1.1"], box.Network.Dns);
        Assert.Equal([new OpenPort(30303, "tcp"), new OpenPort(30303, "udp")], box.OpenPorts);
        Assert.True(box.InvitationIsFile);
        Assert.NotNull(box.Agent);
    }

    [Fact]
    public void An_empty_file_has_defaults_and_a_warning_that_nobody_can_log_in()
    {
        var read = Read("");
        Assert.True(read.IsGood);
        Assert.Equal("box.yaml: warning: there is no key in 'ssh-keys', so nobody can log in to this box; each item is " + BoxKeys.SshKeyAllowed, Assert.Single(read.Problems).ToString());
    }

    [Theory]
    [InlineData("nmae: x", "box.yaml:1:1: error: unknown key 'nmae'; did you mean 'name'?")]
    [InlineData("name: my box", "box.yaml:1:7: error: 'name' is \"my box\"; allowed is 1 to 63 letters, digits or '-', not at an end")]
    [InlineData("name: -a", "'name' is")]
    [InlineData("time-zone: ../etc", "'time-zone' is")]
    [InlineData("time-zone: /etc", "'time-zone' is")]
    [InlineData("open-ports: 30303", "'open-ports' is")]
    [InlineData("open-ports: 70000/tcp", "'open-ports' is")]
    [InlineData("open-ports: 22/tcp accept;", "'open-ports' is")]
    [InlineData("data-disk: ../sda", "'data-disk' is")]
    [InlineData("data-disk: /dev/sda", "'data-disk' is")]
    [InlineData("invitation: ../x", "'invitation' is")]
    [InlineData("network: { address: 192.168.1.20 }", "'network.address' is")]
    [InlineData("network: { address: 192.168.1.20/33 }", "'network.address' is")]
    [InlineData("network: { address: 192.168.1.20/24 }", "without 'network.gateway' reaches nothing")]
    [InlineData("network: { address: 192.168.1.20/24, gateway: 192.168.2.1 }", "192.168.2.1 is not in the network of 192.168.1.20/24")]
    [InlineData("network: { gateway: 192.168.1.1 }", "'network.gateway' counts only with a fixed address")]
    [InlineData("network: { interface: \"a b\" }", "'network.interface' is")]
    [InlineData("agent: yes please", "'agent' is the agent's configuration")]
    [InlineData("agent:\n  stakcs: []", "box.yaml:2:3: error: unknown key 'stakcs'; did you mean 'stacks'?")]
    [InlineData("agent:\n  stacks:\n    - name: a", "'stacks[0]' has no beacon-node")]
    public void What_is_wrong_is_said_with_its_place(string text, string expected)
    {
        var read = Read(text);
        Assert.False(read.IsGood);
        Assert.Contains(read.Problems, p => p.ToString().Contains(expected, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("network: { address: 192.168.1.20/24, gateway: 192.168.1.1 }")]
    [InlineData("network: { address: 10.1.2.3/8, gateway: 10.255.0.1 }")]
    [InlineData("network: { address: \"2001:db8::2/64\", gateway: \"fe80::1\" }")]
    [InlineData("name: null")]
    [InlineData("agent:")]
    [InlineData("time-zone: Etc/GMT+3")]
    [InlineData("data-disk: nvme-Samsung_SSD_990_PRO_2TB_S6Z2:1")]
    public void What_is_right_is_taken(string text) => Assert.DoesNotContain(Read(text).Problems, p => !p.IsWarning);

    [Theory]
    [InlineData("-----BEGIN OPENSSH PRIVATE KEY-----", "a private key")]
    [InlineData("ssh-ed25519", "only the kind of a key")]
    [InlineData("ssh-ed25519 AAAA", "damaged or cut off")]
    [InlineData("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4 x", "damaged or cut off")]
    [InlineData("ssh-rsa AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f x", "damaged or cut off")]
    [InlineData("command=\"sh\" ssh-ed25519 AAAA", "begins with none of the kinds")]
    [InlineData("ssh-dss AAAA", "begins with none of the kinds")]
    [InlineData("", "an empty item")]
    public void What_is_no_public_key_is_refused_and_never_repeated(string key, string expected)
    {
        var read = Read($"ssh-keys:\n  - '{key}'\n  - {Key}\n");
        var problem = Assert.Single(read.Problems, p => !p.IsWarning);
        Assert.Contains(expected, problem.Text, StringComparison.Ordinal);
        Assert.Equal("box.yaml:2:5", problem.Where);
        // The good one still lets its owner in, to mend the other.
        Assert.Equal(Key, Assert.Single(read.File.SshKeys));
    }

    [Fact]
    public void A_single_key_needs_no_list() => Assert.Equal(Key, Assert.Single(Good($"ssh-keys: {Key}").SshKeys));

    internal static BoxResult Read(string text)
    {
        var (root, broken) = YamlTree.Read("box.yaml", new StringReader(text));
        Assert.Empty(broken);
        return BoxReader.Read(root, ConfigRules.Check);
    }

    internal static BoxFile Good(string text)
    {
        var read = Read(text);
        Assert.DoesNotContain(read.Problems, p => !p.IsWarning);
        return read.File;
    }
}

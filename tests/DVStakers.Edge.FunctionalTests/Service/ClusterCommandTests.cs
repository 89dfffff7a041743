using System.Diagnostics;
using System.Text.Json;

namespace DVStakers.Edge.FunctionalTests.Service;

/// <summary>A cluster of three boxes as people make it: each step by the program, each file seen by openssl as well.</summary>
public sealed class ClusterCommandTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("edge-cluster-");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public async Task Three_boxes_become_a_cluster_and_openssl_agrees_with_every_file()
    {
        var said = await Good("init", "kili", "--box", "nuc-1", "--gateway", "https://nuc-1.example:5071", "--broker", "10.9.0.1:8883", "--shares", "3", "--threshold", "6", "--dir", Dir("nuc-1"));
        Assert.Contains("Cluster kili is made, and this box is nuc-1 in it.", said);
        Assert.Contains("Next, here, for each other box: sudo dvstakers-edge cluster invite BOX", said);
        await Join("nuc-2", "--gateway", "https://[2001:db8::2]:5071", "--broker", "nuc-2.example:8883");
        await Join("cloud", "--role", "auxiliary", "--shares", "3", "--expires", "30m");

        foreach (var box in new[] { "nuc-1", "nuc-2", "cloud" })
        {
            Assert.Contains("OK", await OpenSsl("verify", "-x509_strict", "-purpose", "sslserver", "-CAfile", In(box, "ca.crt"), In(box, "box.crt")));
            Assert.Contains("OK", await OpenSsl("verify", "-x509_strict", "-purpose", "sslclient", "-crl_check", "-CRLfile", In(box, "crl.pem"), "-CAfile", In(box, "ca.crt"), In(box, "box.crt")));
            Assert.Equal(await OpenSsl("x509", "-in", In(box, "box.crt"), "-noout", "-pubkey"), await OpenSsl("pkey", "-in", In(box, "box.key"), "-pubout"));
        }
        var text = await OpenSsl("x509", "-in", In("nuc-2", "box.crt"), "-noout", "-text");
        Assert.Contains("Subject: CN = nuc-2\n", text);
        Assert.Contains("Issuer: O = DVStakers, CN = kili\n", text);
        Assert.Contains("DNS:nuc-2, DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, IP Address:2001:DB8:0:0:0:0:0:2, DNS:nuc-2.example", text);
        Assert.Contains("TLS Web Server Authentication, TLS Web Client Authentication", text);
        Assert.Contains("CA:FALSE", text);
        Assert.Contains("ASN1 OID: prime256v1", text);
        Assert.Contains("CA:TRUE, pathlen:0", await OpenSsl("x509", "-in", In("nuc-1", "ca.crt"), "-noout", "-text"));

        // A roster that was carried; then a box that is removed.
        said = await Good("join", In("cloud", "roster.json"), "--dir", Dir("nuc-2"));
        Assert.Contains("The roster of kili is version 3 here now: nuc-1, nuc-2, cloud.", said);
        said = await Good("remove", "cloud", "--dir", Dir("nuc-1"));
        Assert.Contains("A box refuses it from the moment that it has roster version 4", said);
        await Good("join", In("nuc-1", "roster.json"), "--dir", Dir("nuc-2"));
        Assert.Contains("verify OK", await OpenSsl("crl", "-in", In("nuc-2", "crl.pem"), "-noout", "-CAfile", In("nuc-2", "ca.crt")));
        var (code, _, errors) = await Run("openssl", ["verify", "-crl_check", "-CRLfile", In("nuc-2", "crl.pem"), "-CAfile", In("nuc-2", "ca.crt"), In("cloud", "box.crt")]);
        Assert.NotEqual(0, code);
        Assert.Contains("certificate revoked", errors);
        await OpenSsl("verify", "-crl_check", "-CRLfile", In("nuc-2", "crl.pem"), "-CAfile", In("nuc-2", "ca.crt"), In("nuc-1", "box.crt"));

        var list = await Good("list", "--dir", Dir("nuc-2"));
        Assert.StartsWith("cluster kili, roster version 4 of ", list);
        Assert.Contains("\n* nuc-2", list);
        Assert.Contains("\nremoved: cloud on ", list);
        using var json = JsonDocument.Parse(await Good("list", "--json", "--dir", Dir("nuc-2")));
        Assert.Equal((2, 6), (json.RootElement.GetProperty("members").GetArrayLength(), json.RootElement.GetProperty("threshold").GetInt32()));
        Assert.Equal("https://nuc-1.example:5071", json.RootElement.GetProperty("members")[0].GetProperty("gateway").GetString());

        // Renewed by itself, with another address.
        said = await Good("renew", "--broker", "new.example:8883", "--dir", Dir("nuc-2"), "--out", At("nuc-2.request"));
        Assert.Contains("Next, there: sudo dvstakers-edge cluster join nuc-2.request", said);
        await Good("join", At("nuc-2.request"), "--dir", Dir("nuc-1"), "--out", At("nuc-2.grant"));
        await Good("join", At("nuc-2.grant"), "--dir", Dir("nuc-2"));
        Assert.Contains("DNS:new.example", await OpenSsl("x509", "-in", In("nuc-2", "box.crt"), "-noout", "-text"));
    }

    [Fact]
    public async Task Whoever_is_admitted_with_others_knows_them_at_once()
    {
        await Good("init", "kili", "--box", "nuc-1", "--dir", Dir("nuc-1"));
        foreach (var box in new[] { "nuc-2", "nuc-3" })
        {
            await Good("invite", box, "--dir", Dir("nuc-1"), "--out", At($"{box}.invitation"));
            await Good("join", At($"{box}.invitation"), "--dir", Dir(box), "--out", At($"{box}.request"));
        }
        Assert.Contains("--out names one file", await Bad("join", At("nuc-2.request"), At("nuc-3.request"), "--dir", Dir("nuc-1"), "--out", At("both")));

        // What is written goes into the folder that one is in.
        var (code, said, errors) = await Run("sh", ["-c", $"cd {root.FullName} && exec \"$0\" cluster join nuc-2.request nuc-3.request --dir {Dir("nuc-1")}", EdgeProcess.Binary]);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("Next, on nuc-2: sudo dvstakers-edge cluster join nuc-2.grant", said);
        Assert.Contains("Next, on nuc-3: sudo dvstakers-edge cluster join nuc-3.grant", said);
        Assert.Contains("This box is nuc-2 in cluster kili", said = await Good("join", At("nuc-2.grant"), "--dir", Dir("nuc-2")));
        Assert.Contains(", with nuc-1, nuc-3.\n", said);
        Assert.EndsWith("\nNext: sudo dvstakers-edge broker render\nThen: sudo systemctl restart mosquitto dvstakers-edge", said);
        await Good("join", At("nuc-3.grant"), "--dir", Dir("nuc-3"));

        // One that is refused does not undo the others.
        await Good("invite", "nuc-4", "--dir", Dir("nuc-1"), "--out", At("nuc-4.invitation"));
        await Good("join", At("nuc-4.invitation"), "--dir", Dir("nuc-4"), "--out", At("nuc-4.request"));
        (code, said, errors) = await Run("sh", ["-c", $"cd {root.FullName} && exec \"$0\" cluster join nuc-4.request nuc-3.request --dir {Dir("nuc-1")}", EdgeProcess.Binary]);
        Assert.Equal(1, code);
        Assert.Contains("Next, on nuc-4: sudo dvstakers-edge cluster join nuc-4.grant", said);
        Assert.Contains("nuc-3.request: its invitation was used already", errors);
        await Good("join", At("nuc-4.grant"), "--dir", Dir("nuc-4"));
    }

    [Fact]
    public async Task What_is_wrong_is_said_with_its_place_and_nothing_is_made()
    {
        await Good("init", "kili", "--box", "nuc-1", "--dir", Dir("nuc-1"));
        var before = Directory.GetFiles(Dir("nuc-1")).Order().Select(File.ReadAllText).ToList();
        Assert.Contains("nothing is overwritten", await Bad("init", "kili", "--box", "nuc-1", "--dir", Dir("nuc-1")));
        Assert.Contains("this box is in no cluster: make one with", await Bad("list", "--dir", Dir("nuc-9")));
        Assert.Contains("there is no such file", await Bad("join", At("nothing"), "--dir", Dir("nuc-9")));
        await File.WriteAllTextAsync(At("text"), "hello");
        Assert.Contains("this is neither an invitation nor a request, a grant or a roster", await Bad("join", At("text"), "--dir", Dir("nuc-9")));
        await File.WriteAllBytesAsync(At("large"), new byte[2 << 20]);
        Assert.Contains("this is something else", await Bad("join", At("large"), "--dir", Dir("nuc-9")));
        Assert.Contains("must be like 30m, 24h or 7d, and at most 30d", await Bad("invite", "nuc-2", "--expires", "31d", "--dir", Dir("nuc-1")));
        Assert.Contains("broker: it must be a host and a port", await Bad("invite", "nuc-2", "--broker", "nowhere", "--dir", Dir("nuc-1")));
        Assert.Contains("gateway: it must be like https://host:5071", await Bad("invite", "nuc-2", "--gateway", "http://a:1", "--dir", Dir("nuc-1")));
        Assert.Contains("cannot write there", await Bad("init", "kili", "--box", "nuc-1", "--dir", "/proc/edge"));
        Assert.Equal(before, Directory.GetFiles(Dir("nuc-1")).Order().Select(File.ReadAllText));
    }

    [Fact]
    public async Task Check_config_says_what_this_box_is_in_its_cluster_and_what_contradicts_that()
    {
        await Good("init", "kili", "--box", "nuc-1", "--dir", Dir("nuc-1"));
        var configured = new Dictionary<string, string> { ["EDGE_MEMBERSHIP_DIRECTORY"] = Dir("nuc-1"), ["EDGE_STACKS_0_NAME"] = "a", ["EDGE_STACKS_0_BEACON_NODE"] = "http://127.0.0.1:1" };
        await File.WriteAllTextAsync(At("edge.yaml"), "");
        string[] check = ["check-config", "--config", At("edge.yaml")];
        var (code, output, errors) = await EdgeProcess.Run(check, configured);
        Assert.Equal((0, ""), (code, errors));
        Assert.Contains("box nuc-1 in cluster kili\nmember nuc-1 of cluster kili: 1 member, roster version 1, certificate valid until ", output);

        // The directory comes from the configuration here too.
        (code, output, _) = await EdgeProcess.Run(["cluster", "list", "--config", At("edge.yaml")], configured);
        Assert.Equal(0, code);
        Assert.Contains("* nuc-1", output);

        (code, _, errors) = await EdgeProcess.Run(check, new Dictionary<string, string>(configured) { ["EDGE_BOX"] = "nuc-7" });
        Assert.Equal(78, code);
        Assert.Contains("EDGE_BOX: error: this box is 'nuc-7' here and 'nuc-1' in its certificate", errors);

        File.SetUnixFileMode(In("nuc-1", "box.key"), File.GetUnixFileMode(In("nuc-1", "box.key")) | UnixFileMode.OtherRead);
        (code, output, errors) = await EdgeProcess.Run(check, configured);
        Assert.Equal(0, code);
        Assert.Contains("cluster: none", output);
        Assert.Contains("box.key: warning: others can read this private key (mode 604); close it with: chmod 600", errors);
    }

    private async Task Join(string box, params string[] seat)
    {
        string[] files = [At(box + ".invitation"), At(box + ".request"), At(box + ".grant")];
        Assert.Contains($"Next, on {box}: sudo dvstakers-edge cluster join {box}.invitation", await Good(["invite", box, .. seat, "--dir", Dir("nuc-1"), "--out", files[0]]));
        Assert.Contains($"Next, there: sudo dvstakers-edge cluster join {box}.request", await Good("join", files[0], "--dir", Dir(box), "--out", files[1]));
        Assert.Contains($"Next, on {box}: sudo dvstakers-edge cluster join {box}.grant", await Good("join", files[1], "--dir", Dir("nuc-1"), "--out", files[2]));
        Assert.Contains($"This box is {box} in cluster kili", await Good("join", files[2], "--dir", Dir(box)));
    }

    private string Dir(string box) => Path.Combine(root.FullName, "boxes", box);
    private string In(string box, string file) => Path.Combine(Dir(box), file);
    private string At(string file) => Path.Combine(root.FullName, file);

    private static async Task<string> Good(params string[] command)
    {
        var (code, output, errors) = await EdgeProcess.Run(["cluster", .. command]);
        Assert.Equal((0, ""), (code, errors));
        return output;
    }

    private static async Task<string> Bad(params string[] command)
    {
        var (code, _, errors) = await EdgeProcess.Run(["cluster", .. command]);
        Assert.Equal(1, code);
        return errors;
    }

    private static async Task<string> OpenSsl(params string[] command)
    {
        var (code, output, errors) = await Run("openssl", command);
        Assert.True(code == 0, output + errors);
        return output + errors;
    }

    private static async Task<(int Code, string Output, string Errors)> Run(string program, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await errors);
    }
}

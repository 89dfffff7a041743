using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Tests.Agent.Config;

public sealed class MqttTlsTests : IDisposable
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("edge-tls-");

    public MqttTlsTests()
    {
        foreach (var (file, kind) in new[] { ("ca.crt", "CERTIFICATE"), ("box.crt", "CERTIFICATE"), ("box.key", "PRIVATE KEY") })
            File.WriteAllText(Path.Combine(folder.FullName, file), $"-----BEGIN {kind}-----\n-----END {kind}-----\n");
    }

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void The_cluster_s_certificates_come_from_the_membership_s_directory()
    {
        var config = Written.Good($"membership: {{ directory: {folder.FullName} }}\nmqtt: {{ tls: cluster }}");
        Assert.Equal(8883, config.Mqtt!.Port);
        Assert.Equal(new TlsFiles($"{folder.FullName}/ca.crt", $"{folder.FullName}/box.crt", $"{folder.FullName}/box.key"), TlsFiles.Of(config));
    }

    [Fact]
    public void A_shared_broker_has_files_of_its_own()
    {
        var config = Written.Good($"mqtt: {{ host: broker.example, port: 8884, tls: on, ca-file: {folder.FullName}/ca.crt }}");
        Assert.Equal(8884, config.Mqtt!.Port);
        Assert.Equal(new TlsFiles($"{folder.FullName}/ca.crt", null, null), TlsFiles.Of(config));
    }

    [Fact]
    public void Without_tls_nothing_is_encrypted()
    {
        Assert.Equal(1883, Written.Good("mqtt: {}").Mqtt!.Port);
        Assert.Null(TlsFiles.Of(Written.Good("mqtt: { tls: off }")));
        Assert.Null(TlsFiles.Of(Written.Good("")));
    }

    [Theory]
    [InlineData("mqtt: { tls: yes }", "'mqtt.tls' is \"yes\"; allowed is off, on or cluster")]
    [InlineData("mqtt: { ca-file: DIR/ca.crt }", "ca-file counts only with 'tls: on'")]
    [InlineData("mqtt: { tls: cluster, key-file: DIR/box.key }\nmembership: { directory: DIR }", "key-file counts only with 'tls: on'")]
    [InlineData("mqtt: { tls: on, ca-file: DIR/ca.crt, certificate-file: DIR/box.crt }", "certificate-file and key-file go together")]
    [InlineData("mqtt: { tls: on, ca-file: DIR/ca.crt, key-file: DIR/box.key }", "certificate-file and key-file go together")]
    [InlineData("mqtt: { tls: on, ca-file: /not/here.crt }", "there is no file /not/here.crt")]
    [InlineData("mqtt: { tls: on, ca-file: DIR/box.key }", "must hold a certificate in PEM")]
    public void What_cannot_work_is_said_at_the_start(string yaml, string words)
    {
        var result = Written.Read(yaml.Replace("DIR", folder.FullName, StringComparison.Ordinal));
        Assert.Null(result.Config);
        Assert.Contains(result.Problems, p => p.Text.Contains(words, StringComparison.Ordinal) && p.Where.StartsWith("edge.yaml:", StringComparison.Ordinal));
    }

    [Fact]
    public void What_is_wrong_with_the_cluster_s_files_is_a_warning_for_the_validator_keeps_its_own_nodes()
    {
        File.WriteAllText(Path.Combine(folder.FullName, "box.key"), "nonsense");
        foreach (var (directory, words) in new[] { (folder.FullName, "box.key must hold a private key in PEM"), ("/not/here", "there is no file /not/here/ca.crt") })
        {
            var result = Written.Read($"mqtt: {{ tls: cluster }}\nmembership: {{ directory: {directory} }}");
            Assert.NotNull(result.Config);
            Assert.Contains(result.Problems, p => p.IsWarning && p.Text.Contains(words, StringComparison.Ordinal) && p.Where.StartsWith("edge.yaml:", StringComparison.Ordinal));
        }
    }
}

using DVStakers.Edge.Agent.Cli;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class FirstBootCommandTests : IDisposable
{
    private const string Key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f you@pc";
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("box-yaml-");
    private readonly StringWriter output = new();
    private readonly StringWriter errors = new();

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void A_good_file_comes_to_files()
    {
        Directory.CreateDirectory(At("zones/Africa"));
        File.WriteAllText(At("zones/Africa/Nairobi"), "");
        // As Notepad writes it.
        Assert.Equal(ExitCode.Ok, Run($"\ufeffname: nuc-1\r\ntime-zone: Africa/Nairobi\r\nssh-keys:\r\n  - {Key}\r\n"));
        Assert.Equal(Key + "\n", File.ReadAllText(At("out/authorized_keys")));
        Assert.Equal("nuc-1\n", File.ReadAllText(At("out/hostname")));
        Assert.Equal("Africa/Nairobi\n", File.ReadAllText(At("out/time-zone")));
        Assert.Equal("", errors.ToString());
    }

    [Fact]
    public void A_broken_file_lets_its_owner_in_and_changes_nothing_else()
    {
        Assert.Equal(ExitCode.Config, Run($"name: nuc-1\ntime-zone: Africa/Nairoby\nssh-keys:\n  - {Key}\n"));
        Assert.Equal("authorized_keys", Path.GetFileName(Assert.Single(Directory.GetFiles(At("out")))));
        Assert.StartsWith("box.yaml:2:12: error: 'time-zone' is \"Africa/Nairoby\", which the time zone database does not have", errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_YAML_is_said_with_its_line()
    {
        Assert.Equal(ExitCode.Config, Run("name: nuc-1\n\tssh-keys: x\n"));
        Assert.StartsWith("box.yaml:1:7: error: this is not YAML: ", errors.ToString(), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(At("out")));
    }

    [Fact]
    public void A_JWT_secret_that_is_not_there_yet_is_no_error()
    {
        Assert.Equal(ExitCode.Ok, Run($"ssh-keys: {Key}\nagent:\n  stacks:\n    - name: a\n      beacon-node: http://127.0.0.1:5052\n      execution-client: http://127.0.0.1:8551\n      jwt-secret: /nowhere/jwt\n"));
        Assert.Contains("box.yaml:7:19: warning: ", errors.ToString(), StringComparison.Ordinal);
        Assert.Contains("jwt-secret: /nowhere/jwt", File.ReadAllText(At("out/edge.yaml")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "there is no such file beside box.yaml")]
    [InlineData("{}", "is not what `dvstakers-edge cluster invite` wrote")]
    [InlineData("{ \"kind\": \"dvstakers invitation\" }", null)]
    public void An_invitation_lies_beside_it(string? content, string? problem)
    {
        if (content is not null)
            File.WriteAllText(At("a.invitation"), content);
        Assert.Equal(problem is null ? ExitCode.Ok : ExitCode.Config, Run($"ssh-keys: {Key}\ninvitation: a.invitation\n"));
        Assert.Contains(problem ?? "", errors.ToString(), StringComparison.Ordinal);
        Assert.Equal(problem is null, File.Exists(At("out/invitation")));
    }

    [Fact]
    public void Without_a_folder_it_shows_what_would_be_and_no_secret()
    {
        File.WriteAllText(At("box.yaml"), $"ssh-keys: {Key}\ninvitation: '{{ \"kind\": \"dvstakers invitation\", \"secret\": \"abc\" }}'\n");
        Assert.Equal(ExitCode.Ok, new FirstBootCommand(output, errors).Execute(At("box.yaml"), null));
        Assert.Contains(Key, output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("abc", output.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_not_there_is_said()
    {
        Assert.Equal(ExitCode.Config, new FirstBootCommand(output, errors).Execute(At("none.yaml"), null));
        Assert.Contains("cannot be read", errors.ToString(), StringComparison.Ordinal);
    }

    private int Run(string text)
    {
        File.WriteAllText(At("box.yaml"), text);
        return new FirstBootCommand(output, errors, At("zones")).Execute(At("box.yaml"), At("out"));
    }

    private string At(string name) => Path.Combine(folder.FullName, name);
}

// Modes of files are there on Linux, and the agent runs nowhere else.
#pragma warning disable CA1416

using DVStakers.Edge.Agent.Cli;
using DVStakers.Edge.Linux.Files;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Tests.Agent.Cli;

public sealed class PowerRightsCommandTests : IDisposable
{
    private const string Contacts = """
        power:
          model: dry-contacts
          gpio-chip: gpio3
          battery-line: 19
          validator: lighthousevalidator, docker:charon
          consensus: lighthousebeacon.service
          execution: geth

        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("edge-rights-");

    [Fact]
    public void The_units_of_the_configuration_and_the_power_off_are_written_and_no_container()
    {
        Assert.Equal(ExitCode.Ok, Command(Contacts).Write(Rights, NullLogger.Instance));
        Assert.Equal(["lighthousevalidator.service", "lighthousebeacon.service", "geth.service", "power-off"], File.ReadAllLines(Rights));
        Assert.Equal(WholeFile.ForAll, File.GetUnixFileMode(Rights));
    }

    [Fact]
    public void Without_a_power_off_there_is_no_right_to_it()
    {
        Command(Contacts + "  power-off: no\n").Write(Rights, NullLogger.Instance);
        Assert.DoesNotContain("power-off", File.ReadAllLines(Rights));
    }

    [Fact]
    public void Rights_that_the_configuration_no_longer_gives_are_gone()
    {
        Command(Contacts).Write(Rights, NullLogger.Instance);
        Assert.Equal(ExitCode.Ok, Command("box: nuc-1\n").Write(Rights, NullLogger.Instance));
        Assert.Empty(File.ReadAllText(Rights));
    }

    [Fact]
    public void A_configuration_that_others_can_write_gives_no_rights()
    {
        Command(Contacts).Write(Rights, NullLogger.Instance);
        File.SetUnixFileMode(Config, WholeFile.ForAll | UnixFileMode.GroupWrite);
        Refused();
    }

    [Fact]
    public void Nor_does_one_in_a_folder_that_others_can_write()
    {
        Command(Contacts);
        File.SetUnixFileMode(folder.FullName, File.GetUnixFileMode(folder.FullName) | UnixFileMode.OtherWrite);
        Refused();
    }

    [Fact]
    public void Nor_does_one_of_another_user()
    {
        Command(Contacts);
        Refused(root: FileOwner.Of(folder.FullName)!.Value.User + 1);
    }

    [Fact]
    public void Nor_does_a_link_to_what_others_can_write()
    {
        var target = Directory.CreateDirectory(Path.Combine(folder.FullName, "elsewhere")).FullName;
        Command(Contacts);
        File.Move(Config, Path.Combine(target, "edge.yaml"));
        File.CreateSymbolicLink(Config, Path.Combine(target, "edge.yaml"));
        Assert.Equal(ExitCode.Ok, The(null).Write(Rights, NullLogger.Instance));
        File.SetUnixFileMode(target, File.GetUnixFileMode(target) | UnixFileMode.GroupWrite);
        Refused();
    }

    [Fact]
    public async Task They_are_shown_and_so_are_errors()
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        Assert.Equal(ExitCode.Ok, await Command(Contacts).Show(output, errors));
        Assert.StartsWith("lighthousevalidator.service", output.ToString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Config, await Command("stakcs: []\n").Show(output, errors));
        Assert.Contains("stakcs", errors.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => folder.Delete(recursive: true);

    private string Config => Path.Combine(folder.FullName, "edge.yaml");

    private string Rights => Path.Combine(folder.FullName, "run", "rights");

    private PowerRightsCommand The(uint? root) => new(Config, root ?? FileOwner.Of(folder.FullName)!.Value.User);

    private PowerRightsCommand Command(string yaml)
    {
        File.WriteAllText(Config, yaml);
        File.SetUnixFileMode(Config, WholeFile.ForAll);
        return The(null);
    }

    private void Refused(uint? root = null)
    {
        Assert.Equal(ExitCode.Failed, The(root).Write(Rights, NullLogger.Instance));
        Assert.Empty(File.ReadAllText(Rights));
    }
}

using DVStakers.Edge.Agent.Updates;
using DVStakers.Edge.Core.Updates;

namespace DVStakers.Edge.Tests.Agent.Updates;

public sealed class UpdateFilesTests : IDisposable
{
    private readonly DirectoryInfo root = Directory.CreateTempSubdirectory("edge-test-");

    public void Dispose() => root.Delete(recursive: true);

    [Fact]
    public void The_state_and_the_end_are_read_back_and_nothing_else_is_left()
    {
        var files = new UpdateFiles(Path.Combine(root.FullName, "update"));
        files.Create();
        Assert.Equal((null, null), (files.State(), files.Last()));
        var state = new UpdateState { Phase = UpdatePhase.Judge, From = "1", To = "2", Before = AgentStandard.Ready, StartedAt = DateTimeOffset.UnixEpoch, Boot = "b" };
        files.Write(state);
        UpdateFiles.Write(files.Next, "new"u8);
        UpdateFiles.Write(files.Updater, "binary"u8, executable: true);
        Assert.Equal(state, files.State());
        Assert.Equal((UnixFileMode.UserRead | UnixFileMode.UserWrite, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute), (File.GetUnixFileMode(files.Next), File.GetUnixFileMode(files.Updater)));

        var outcome = new UpdateOutcome("1", "2", false, "it hangs", "READY", DateTimeOffset.UnixEpoch);
        files.End(outcome);
        Assert.Equal((null, outcome), (files.State(), files.Last()));
        Assert.Equal([files.LastFile], Directory.GetFiles(files.Directory));
    }

    [Fact]
    public void One_process_at_a_time()
    {
        var files = new UpdateFiles(root.FullName);
        using (var held = files.Hold())
        {
            Assert.NotNull(held);
            Assert.Null(files.Hold());
        }
        using var again = files.Hold();
        Assert.NotNull(again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{ "schema": 9 }""")]
    public void A_state_that_makes_no_sense_is_named_with_its_remedy(string text)
    {
        var files = new UpdateFiles(root.FullName);
        File.WriteAllText(files.StateFile, text);
        Assert.StartsWith($"{files.StateFile} makes no sense", Assert.Throws<UpdateException>(files.State).Message);
    }
}

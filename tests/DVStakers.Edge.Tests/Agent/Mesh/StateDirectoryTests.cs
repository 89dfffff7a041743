using DVStakers.Edge.Agent.Mesh;
using DVStakers.Edge.Core.Cluster;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Tests.Agent.Mesh;

public sealed class StateDirectoryTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("state-");
    private readonly LogLevels log = new();

    private StateDirectory State => new(directory.FullName, log);

    [Fact]
    public void The_boot_number_rises_with_each_start_whatever_the_clock_says()
    {
        Assert.Equal(1_900_000_000, State.NextBoot(Now));
        Assert.Equal(1_900_000_001, State.NextBoot(Now));
        Assert.Equal(1_900_000_002, State.NextBoot(DateTimeOffset.UnixEpoch));
        Assert.Equal(1_900_003_600, State.NextBoot(Now.AddHours(1)));
        Assert.Empty(log);
    }

    [Theory]
    [InlineData("")]
    [InlineData("rubbish")]
    public void A_damaged_boot_file_is_made_good_by_the_clock(string damaged)
    {
        File.WriteAllText(Path.Combine(directory.FullName, "boot"), damaged);
        Assert.Equal(1_900_000_000, State.NextBoot(Now));
        Assert.Equal(1_900_000_001, State.NextBoot(Now));
    }

    [Fact]
    public void Where_nothing_can_be_kept_the_clock_serves_and_it_is_said_once()
    {
        var nowhere = new StateDirectory(Path.Combine(directory.FullName, "not", "there"), log);
        Assert.Equal(1_900_000_000, nowhere.NextBoot(Now));
        Assert.Empty(nowhere.Marks());
        nowhere.Keep(new Dictionary<string, PeerMark>());
        Assert.Equal([LogLevel.Information], log);
    }

    [Fact]
    public void Marks_are_read_as_they_were_kept_and_a_damaged_file_begins_anew()
    {
        var marks = new Dictionary<string, PeerMark> { ["friend"] = new("ab", 5, 7, -40_000.5), ["cloud"] = new("cd", long.MaxValue, 1, 0) };
        State.Keep(marks);
        Assert.Equal(marks, State.Marks());
        Assert.Equal(["peers.json"], directory.GetFiles().Select(f => f.Name));
        File.WriteAllText(Path.Combine(directory.FullName, "peers.json"), "{\"friend\":nonsense");
        Assert.Empty(State.Marks());
        Assert.Equal([LogLevel.Warning], log);
    }

    public void Dispose() => directory.Delete(recursive: true);

    private sealed class LogLevels : List<LogLevel>, ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Add(logLevel);
    }
}

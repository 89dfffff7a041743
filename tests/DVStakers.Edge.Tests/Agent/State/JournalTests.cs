using System.Threading.Channels;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Messages;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Tests.Agent.State;

public sealed class JournalTests
{
    [Fact]
    public async Task Transitions_are_said_at_the_level_of_what_they_mean_and_the_last_before_the_stop()
    {
        var feed = new SnapshotFeed(Sample.Snapshot);
        var lines = new Lines();
        using var stop = new CancellationTokenSource();
        var run = new Journal(feed, lines).Run(stop.Token);

        var nobody = Sample.Snapshot with { Serving = null, ServingReason = "no stack answers" };
        feed.Publish(nobody);
        var line = await lines.Next();
        Assert.Equal(LogLevel.Error, line.Level);
        Assert.StartsWith("No stack serves the validator any more", line.Text);

        feed.Publish(nobody with { Conditions = [] });
        await stop.CancelAsync();
        await run;
        Assert.Equal((LogLevel.Information, "Over after 42 s: Execution client unreachable (home-b)."), await lines.Next());
    }

    private sealed class Lines : ILogger
    {
        private readonly Channel<(LogLevel Level, string Text)> lines = Channel.CreateUnbounded<(LogLevel, string)>();

        public async Task<(LogLevel Level, string Text)> Next()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            return await lines.Reader.ReadAsync(limit.Token);
        }

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Writer.TryWrite((logLevel, formatter(state, exception)));
    }
}

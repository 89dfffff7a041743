using System.Net.Sockets;
using System.Text;
using System.Threading.Channels;
using DVStakers.Edge.Agent.Service;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Agent.Web;
using DVStakers.Edge.Core.Configuration;
using DVStakers.Edge.Core.State;
using DVStakers.Edge.Linux.Systemd;
using DVStakers.Edge.Tests.Core.Messages;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DVStakers.Edge.Tests.Agent.Service;

/// <summary>A supervisor in a time that only the test moves, between a real notification socket and a real listener in the proxy's place.</summary>
internal sealed class SupervisedBox : IAsyncDisposable
{
    /// <summary>WatchdogSec of the unit, and what the supervisor makes of it: how long it pauses between two looks.</summary>
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(12);
    public static readonly TimeSpan Pause = Limit / 3;

    /// <summary>How long the proxy may take to answer.</summary>
    public static readonly TimeSpan Patience = Limit / 4;

    /// <summary>Those of <see cref="Sample.Snapshot"/>.</summary>
    private static readonly StackConfig[] Stacks = [.. Sample.Snapshot.Stacks.Select(s =>
        new StackConfig { Name = s.Name, BeaconNode = new("http://127.0.0.1:1"), ExecutionClient = new("http://127.0.0.1:2") })];

    private readonly string directory = Directory.CreateTempSubdirectory("notify-").FullName;
    private readonly Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly StepTime time = new(Sample.Noon);
    private readonly CancellationTokenSource stop = new();
    private readonly TaskCompletionSource hanging = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ProblemLog log = new();
    private readonly List<string> drained = [];
    private readonly SnapshotFeed feed;
    private readonly SystemdNotify systemd;
    private HttpListener proxy = null!;
    private Task run = Task.CompletedTask;

    private SupervisedBox(Snapshot first)
    {
        feed = new(first);
        var path = Path.Combine(directory, "notify");
        manager.Bind(new UnixDomainSocketEndPoint(path));
        systemd = SystemdNotify.From(name => name switch { "NOTIFY_SOCKET" => path, "WATCHDOG_USEC" => $"{Limit.TotalMicroseconds:0}", _ => null }, pid: 1);
    }

    public bool ProxyHangs { get; set; }

    public IReadOnlyCollection<string> Problems => log.All;

    public static async Task<SupervisedBox> Start(Func<Snapshot, Snapshot>? first = null)
    {
        var box = new SupervisedBox(first?.Invoke(Sample.Snapshot) ?? Sample.Snapshot);
        box.proxy = await HttpListener.Start("127.0.0.1:0", 16, async context =>
        {
            if (!box.ProxyHangs)
                return;
            box.hanging.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }, NullLoggerFactory.Instance, CancellationToken.None);
        box.run = new Supervisor(box.systemd, Stacks, box.feed, box.proxy.Address, box.time, box.log).Run(box.stop.Token);
        return box;
    }

    /// <summary>The state loop has judged now, on readings of now.</summary>
    public void Publish(Snapshot snapshot)
    {
        var now = time.GetUtcNow();
        feed.Publish(snapshot with
        {
            At = now,
            Stacks = [.. snapshot.Stacks.Select(s => s with
            {
                Beacon = s.Beacon is { } b ? b with { At = now } : null,
                Execution = s.Execution is { } e ? e with { At = now } : null,
            })],
        });
    }

    /// <summary>Completes when the proxy was asked while it hangs.</summary>
    public Task Hanging => hanging.Task.WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>Lets time pass when the supervisor pauses.</summary>
    public async Task Pass(TimeSpan span)
    {
        await time.Timer(Pause);
        time.Advance(span);
    }

    /// <summary>Reads what systemd is told until it is this.</summary>
    public async Task Told(string assignment)
    {
        if (drained.Remove(assignment))
            return;
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var buffer = new byte[4096];
        while (true)
        {
            var length = await manager.ReceiveAsync(buffer, patience.Token);
            if (Encoding.UTF8.GetString(buffer, 0, length).Split('\n').Contains(assignment))
                return;
        }
    }

    /// <summary>Time passes while the supervisor waits for an answer, and then there is this problem in the log.</summary>
    public async Task GivenUp(string problem)
    {
        Drain();
        time.Advance(Patience);
        Assert.Contains(problem, await log.Next());
        Assert.DoesNotContain("WATCHDOG=1", Drain());
    }

    /// <summary>Time passes, and instead of WATCHDOG=1 there is this problem in the log.</summary>
    public Task Withheld(TimeSpan after, string problem) => Withheld(after, problem, () => { });

    /// <summary>The same with the state loop at work: when the time has passed, it publishes what it believes then.</summary>
    public Task WithheldWith(TimeSpan after, Func<Snapshot, Snapshot> believed, string problem) => Withheld(after, problem, () =>
    {
        var then = time.GetUtcNow() + after;
        feed.Publish(believed(Sample.Snapshot with { At = then, Stacks = [.. Sample.Snapshot.Stacks.Select(s => s with { Beacon = s.Beacon! with { At = then }, Execution = s.Execution! with { At = then } })] }));
    });

    public async Task StopProxy() => await proxy.DisposeAsync();

    private async Task Withheld(TimeSpan after, string problem, Action before)
    {
        await time.Timer(Pause);
        Drain();
        before();
        time.Advance(after);
        Assert.Contains(problem, await log.Next());
        // The log line comes in the place of the message.
        Assert.DoesNotContain("WATCHDOG=1", Drain());
    }

    private List<string> Drain()
    {
        var messages = new List<string>();
        var buffer = new byte[4096];
        while (manager.Available > 0)
            messages.AddRange(Encoding.UTF8.GetString(buffer, 0, manager.Receive(buffer)).Split('\n'));
        drained.AddRange(messages.Where(m => m != "WATCHDOG=1"));
        return messages;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await run;
        await proxy.DisposeAsync();
        systemd.Dispose();
        manager.Dispose();
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>What the supervisor logs at error level: why it withholds.</summary>
    private sealed class ProblemLog : ILogger
    {
        private readonly Channel<string> lines = Channel.CreateUnbounded<string>();

        public System.Collections.Concurrent.ConcurrentQueue<string> All { get; } = new();

        public async Task<string> Next()
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            return await lines.Reader.ReadAsync(limit.Token);
        }

        public void Log<TState>(LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> format)
        {
            if (level != LogLevel.Error)
                return;
            All.Enqueue(format(state, exception));
            lines.Writer.TryWrite(format(state, exception));
        }

        public bool IsEnabled(LogLevel level) => true;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
    }
}

using System.Net.Sockets;
using System.Text;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Service;

/// <summary>systemd's end of the notification protocol (sd_notify(3)): a unix datagram socket, and what came to it.</summary>
internal sealed class Systemd : IAsyncDisposable
{
    private readonly string directory = Directory.CreateTempSubdirectory("notify-").FullName;
    private readonly Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly Changes changes = new();
    private readonly List<string> messages = [];
    private readonly Task receiving;

    /// <param name="watchdog">WatchdogSec of the unit.</param>
    public Systemd(TimeSpan? watchdog = null)
    {
        var path = Path.Combine(directory, "notify");
        socket.Bind(new UnixDomainSocketEndPoint(path));
        Environment = new Dictionary<string, string> { ["NOTIFY_SOCKET"] = path };
        if (watchdog is { } time)
            Environment["WATCHDOG_USEC"] = $"{time.TotalMicroseconds:0}";
        receiving = Receive();
    }

    /// <summary>What systemd gives to the service.</summary>
    public Dictionary<string, string> Environment { get; }

    public IReadOnlyList<string> Messages
    {
        get
        {
            lock (messages)
                return [.. messages];
        }
    }

    /// <summary>True once a message had this assignment, such as READY=1.</summary>
    public bool Has(string assignment) => Count(assignment) > 0;

    public int Count(string assignment) => Messages.Count(m => m.Split('\n').Contains(assignment));

    /// <summary>The STATUS that <c>systemctl status</c> would show now; empty where none came yet.</summary>
    public string Status => Messages.SelectMany(m => m.Split('\n')).LastOrDefault(a => a.StartsWith("STATUS=", StringComparison.Ordinal))?[7..] ?? "";

    public async Task Until(Func<bool> condition, TimeSpan? atMost = null)
    {
        try
        {
            await changes.WaitUntil(condition, atMost ?? TimeSpan.FromSeconds(20));
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException("systemd was not told. It was told:\n" + string.Join("\n--\n", Messages), e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        socket.Dispose();
        await receiving;
        Directory.Delete(directory, recursive: true);
    }

    private async Task Receive()
    {
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var length = await socket.ReceiveAsync(buffer);
                lock (messages)
                    messages.Add(Encoding.UTF8.GetString(buffer, 0, length));
                changes.Announce();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Disposed.
        }
    }
}

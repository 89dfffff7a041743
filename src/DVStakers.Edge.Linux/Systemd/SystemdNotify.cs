using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace DVStakers.Edge.Linux.Systemd;

/// <summary>
/// Tells systemd how the service is (sd_notify(3)): datagrams to the socket named by NOTIFY_SOCKET. Where there is no such socket every call
/// does nothing and returns false; <see cref="Reason"/> says why.
/// </summary>
public sealed class SystemdNotify : IDisposable
{
    private readonly Socket? socket;
    private readonly UnixDomainSocketEndPoint? manager;

    private SystemdNotify(string? notifySocket, string? watchdogMicroseconds, string? watchdogPid, int pid)
    {
        WatchdogTime = Watchdog(watchdogMicroseconds, watchdogPid, pid);
        if (string.IsNullOrEmpty(notifySocket))
        {
            Reason = "not started by systemd with Type=notify: NOTIFY_SOCKET is not set";
            return;
        }
        if (notifySocket[0] is not ('/' or '@'))
        {
            Reason = $"NOTIFY_SOCKET is '{notifySocket}': neither a path nor an abstract socket";
            return;
        }
        // '@' stands for the null byte that begins an abstract socket's name.
        manager = new UnixDomainSocketEndPoint(notifySocket[0] == '@' ? "\0" + notifySocket[1..] : notifySocket);
        // A watchdog must not hang in its own message.
        socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { SendTimeout = 1000 };
        Reason = $"notifying systemd at {notifySocket}";
    }

    /// <summary>True where systemd listens.</summary>
    public bool IsAvailable => socket is not null;

    /// <summary>In words: where the messages go, or why the last one went nowhere.</summary>
    public string Reason { get; private set; }

    /// <summary>WatchdogSec of the unit: systemd restarts a service that is silent for this long, so report at half of it. Null: no watchdog for this process.</summary>
    public TimeSpan? WatchdogTime { get; }

    public static SystemdNotify FromEnvironment() => From(Environment.GetEnvironmentVariable, Environment.ProcessId);

    internal static SystemdNotify From(Func<string, string?> variable, int pid) =>
        new(variable("NOTIFY_SOCKET"), variable("WATCHDOG_USEC"), variable("WATCHDOG_PID"), pid);

    /// <summary>The start is complete: units that wait for this one may start.</summary>
    public bool Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>The line that <c>systemctl status</c> shows.</summary>
    public bool Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>The main loops make progress.</summary>
    public bool Watchdog() => Send("WATCHDOG=1");

    public bool Stopping(string status) => Send($"STOPPING=1\nSTATUS={OneLine(status)}");

    public void Dispose() => socket?.Dispose();

    private bool Send(string message)
    {
        if (socket is null)
            return false;
        try
        {
            socket.SendTo(Encoding.UTF8.GetBytes(message), manager!);
            return true;
        }
        catch (SocketException e)
        {
            Reason = $"systemd does not take messages at NOTIFY_SOCKET: {e.Message}";
            return false;
        }
    }

    // A line break would begin another assignment.
    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private static TimeSpan? Watchdog(string? microseconds, string? forPid, int pid)
    {
        if (!long.TryParse(microseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value == 0)
            return null;
        // WATCHDOG_PID names the process that is watched; a child inherits the variables and must not answer for it.
        if (!string.IsNullOrEmpty(forPid) && forPid != pid.ToString(CultureInfo.InvariantCulture))
            return null;
        return TimeSpan.FromMicroseconds(value);
    }
}

using System.Net.Sockets;
using System.Text;
using DVStakers.Edge.Linux.Systemd;

namespace DVStakers.Edge.Tests.Linux;

public sealed class SystemdNotifyTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Messages_arrive_at_a_real_socket(bool isAbstract)
    {
        var name = Path.Combine(Path.GetTempPath(), $"notify-{Guid.NewGuid():N}");
        using var manager = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 5000 };
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + name : name));
        using (var notify = Notify(("NOTIFY_SOCKET", isAbstract ? "@" + name : name)))
        {
            Assert.True(notify.IsAvailable);
            Assert.True(notify.Ready("serving home-a"));
            Assert.Equal("READY=1\nSTATUS=serving home-a", Receive(manager));
            Assert.True(notify.Status("two\nlines"));
            Assert.Equal("STATUS=two lines", Receive(manager));
            Assert.True(notify.Watchdog());
            Assert.Equal("WATCHDOG=1", Receive(manager));
            Assert.True(notify.Stopping("as asked"));
            Assert.Equal("STOPPING=1\nSTATUS=as asked", Receive(manager));
        }
        if (!isAbstract)
            File.Delete(name);
    }

    [Fact]
    public void Without_systemd_it_says_why_and_does_nothing()
    {
        using var notify = Notify();
        Assert.False(notify.IsAvailable);
        Assert.False(notify.Ready("x"));
        Assert.Contains("NOTIFY_SOCKET is not set", notify.Reason);
    }

    [Fact]
    public void A_kind_of_socket_it_does_not_know_is_named()
    {
        using var notify = Notify(("NOTIFY_SOCKET", "vsock:2:1234"));
        Assert.False(notify.IsAvailable);
        Assert.Contains("vsock:2:1234", notify.Reason);
    }

    [Fact]
    public void A_socket_that_is_gone_is_a_reason_and_not_an_exception()
    {
        using var notify = Notify(("NOTIFY_SOCKET", "/run/not-here/notify"));
        Assert.False(notify.Watchdog());
        Assert.Contains("systemd does not take messages", notify.Reason);
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData("-5", null, null)]
    [InlineData("30000000", null, 30)]
    [InlineData("30000000", "", 30)]
    [InlineData("30000000", "4711", 30)]
    [InlineData("30000000", "1", null)]
    public void The_watchdog_is_ours_only_if_it_names_us(string? microseconds, string? pid, int? seconds)
    {
        using var notify = Notify(("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", pid));
        Assert.Equal(seconds is { } s ? TimeSpan.FromSeconds(s) : null, notify.WatchdogTime);
    }

    private static SystemdNotify Notify(params (string Name, string? Value)[] variables) =>
        SystemdNotify.From(name => variables.FirstOrDefault(v => v.Name == name).Value, pid: 4711);

    private static string Receive(Socket socket)
    {
        var buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}

using DVStakers.Edge.FunctionalTests.Fakes;
using DVStakers.Edge.FunctionalTests.Mesh;

namespace DVStakers.Edge.FunctionalTests.Power;

/// <summary>A real NUT server on a loopback port, with NUT's own dummy driver: the UPS is a file.</summary>
internal sealed class NutServer : IAsyncDisposable
{
    public const string Ups = "dummy";

    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("nut-");
    private readonly DateTime began = TimeProvider.System.GetUtcNow().UtcDateTime;
    private int said;
    private Lines? driver;
    private Lines? server;

    public int Port { get; } = Ports.Free();

    public static async Task<NutServer> Start(string status)
    {
        var nut = new NutServer();
        File.WriteAllText(nut.Path("ups.conf"), $"pollinterval = 1\n[{Ups}]\n  driver = dummy-ups\n  port = ups.dev\n  mode = dummy-once\n");
        File.WriteAllText(nut.Path("upsd.conf"), $"LISTEN 127.0.0.1 {nut.Port}\nMAXAGE 4\n");
        File.WriteAllText(nut.Path("upsd.users"), "");
        nut.Say(status);
        nut.StartDriver();
        await nut.StartServer();
        return nut;
    }

    /// <summary>What the UPS says from now on.</summary>
    public void Say(string status, double charge = 90, int seconds = 3600)
    {
        // The driver looks at the time of the file, so that it must never see half of one.
        var fresh = Path("ups.new");
        File.WriteAllText(fresh, FormattableString.Invariant($"ups.status: {status}\nbattery.charge: {charge}\nbattery.runtime: {seconds}\nbattery.voltage: 13.1\n"));
        // In whole seconds, and only whether it is later than the last time.
        File.SetLastWriteTimeUtc(fresh, began.AddSeconds(2 * said++));
        File.Move(fresh, Path("ups.dev"), overwrite: true);
    }

    public void StartDriver() => driver = Program("/lib/nut/dummy-ups", "-a", Ups, "-u", Environment.UserName, "-D");

    public async Task StartServer()
    {
        server = Program("/lib/nut/upsd", "-u", Environment.UserName, "-D");
        await server.Until("listening on 127.0.0.1");
    }

    /// <summary>Such as STOP: a driver that hangs.</summary>
    public Task SignalDriver(string name) => driver!.Signal(name);

    public async Task KillDriver()
    {
        await driver!.DisposeAsync();
        driver = null;
    }

    public async Task KillServer()
    {
        await server!.DisposeAsync();
        server = null;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        if (driver is not null)
            await driver.DisposeAsync();
        directory.Delete(recursive: true);
    }

    private string Path(string name) => System.IO.Path.Combine(directory.FullName, name);

    // env makes way for the program: it is the program's id that is signalled.
    private Lines Program(params string[] command) =>
        Lines.Of("env", [$"NUT_CONFPATH={directory.FullName}", $"NUT_STATEPATH={directory.FullName}", $"NUT_ALTPIDPATH={directory.FullName}", .. command]);
}

namespace DVStakers.Edge.FunctionalTests.Power;

/// <summary>
/// systemctl and timedatectl as the agent runs them, for units that are files: each stop and start takes a moment and is written down with its beginning and its end.
/// </summary>
internal sealed class ClientUnits : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("units-");

    public ClientUnits(params string[] units)
    {
        directory.CreateSubdirectory("bin");
        directory.CreateSubdirectory("units");
        directory.CreateSubdirectory("state");
        foreach (var unit in units)
            Set(unit, "active");
        Script("systemctl", """
            root=$(dirname "$(dirname "$0")")
            for last; do :; done
            say() { printf '%s\n' "$*" >>"$root/done"; }
            case "$1" in
              show)
                while [ "$1" != -- ]; do shift; done
                shift
                for unit; do
                  printf 'Id=%s\nLoadState=loaded\nActiveState=%s\nTimeoutStopUSec=20min\nSendSIGKILL=yes\n\n' "$unit" "$(cat "$root/units/$unit")"
                done
                ;;
              stop)
                say "stop $last"
                echo deactivating >"$root/units/$last"
                # Like systemd, it goes on when whoever asked for it is gone.
                (sleep 1; echo inactive >"$root/units/$last"; say "stopped $last") >/dev/null 2>&1 &
                wait $!
                ;;
              start) say "start $last"; echo active >"$root/units/$last" ;;
              reset-failed) ;;
              *) say "$1" ;;
            esac
            """);
        Script("timedatectl", "echo yes");
        Script("busctl", "echo 's \"yes\"'");
    }

    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["PATH"] = $"{Path.Combine(directory.FullName, "bin")}:{System.Environment.GetEnvironmentVariable("PATH")}",
        ["STATE_DIRECTORY"] = Path.Combine(directory.FullName, "state"),
    };

    public string Record => Path.Combine(directory.FullName, "state", "outage.json");

    public void Set(string unit, string state) => File.WriteAllText(Path.Combine(directory.FullName, "units", unit), state + "\n");

    public string Get(string unit) => File.ReadAllText(Path.Combine(directory.FullName, "units", unit)).Trim();

    /// <summary>What was done, in order.</summary>
    public IReadOnlyList<string> Done => File.Exists(Path.Combine(directory.FullName, "done")) ? File.ReadAllLines(Path.Combine(directory.FullName, "done")) : [];

    public async Task Until(Func<bool> condition, Func<string> log)
    {
        var deadline = TimeProvider.System.GetUtcNow() + TimeSpan.FromMinutes(3);
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetUtcNow() < deadline, $"it did not come to it: {string.Join(", ", Done)}\n{log()}");
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System);
        }
    }

    public void Dispose() => directory.Delete(recursive: true);

    private void Script(string name, string text)
    {
        var file = Path.Combine(directory.FullName, "bin", name);
        File.WriteAllText(file, "#!/bin/sh\n" + text + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}

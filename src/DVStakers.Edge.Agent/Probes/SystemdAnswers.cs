using System.Globalization;
using DVStakers.Edge.Core.Machine;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>What <c>systemctl show</c> prints, as processes. Pure.</summary>
internal static class SystemdAnswers
{
    public const string Properties = "Id,LoadState,ActiveState,UnitFileState,NRestarts,MemoryCurrent,ExecMainCode,ExecMainStatus,Result,StateChangeTimestamp";

    // wait(2), si_code: how a process ended.
    private const int Exited = 1, Killed = 2, Dumped = 3;

    private const int SIGKILL = 9;

    /// <summary>One block of <c>Key=value</c> lines for each unit, with an empty line between; a unit that is not there says so.</summary>
    public static IReadOnlyList<ClientProcess> Parse(string text)
    {
        var units = new Dictionary<string, ClientProcess>(StringComparer.Ordinal);
        foreach (var block in text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            var values = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var line in block.Split('\n'))
                if (line.Split('=', 2) is [var name, var value])
                    values[name] = value;
            // An alias is shown under its unit's own name.
            if (values.GetValueOrDefault("LoadState") == "loaded" && values.GetValueOrDefault("Id") is { Length: > 0 } id)
                units[id] = Unit(id.EndsWith(".service", StringComparison.Ordinal) ? id[..^".service".Length] : id, values);
        }
        return [.. units.Values];
    }

    private static ClientProcess Unit(string name, Dictionary<string, string> values)
    {
        var (code, status) = (Number("ExecMainCode"), Number("ExecMainStatus"));
        var result = values.GetValueOrDefault("Result", "success");
        return new()
        {
            Name = name,
            Role = KnownClients.RoleOf(name),
            State = values.GetValueOrDefault("ActiveState") switch
            {
                "active" or "reloading" or "refreshing" => ClientState.Running,
                "activating" => ClientState.Starting,
                "deactivating" => ClientState.Stopping,
                "failed" => ClientState.Failed,
                _ => ClientState.Stopped,
            },
            Wanted = values.GetValueOrDefault("UnitFileState", "").StartsWith("enabled", StringComparison.Ordinal),
            Restarts = (int)(Number("NRestarts") ?? 0),
            Memory = Number("MemoryCurrent"),
            LastEnd = End(result, code, status),
            Killed = result == "oom-kill" || (code == Killed && status == SIGKILL),
            Since = values.GetValueOrDefault("StateChangeTimestamp") is ['@', ..] at && long.TryParse(at.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null,
        };

        // "[not set]" is none, as is the largest number there is.
        long? Number(string key) => long.TryParse(values.GetValueOrDefault(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
    }

    private static string? End(string result, long? code, long? status) => (result, code) switch
    {
        ("oom-kill", _) => "out of memory: the kernel killed it",
        ("start-limit-hit", _) => "it failed so often that systemd gave up",
        ("timeout", Killed) => $"it did not stop in time: {Signal(status)}",
        (_, Exited) => string.Create(CultureInfo.InvariantCulture, $"exit code {status}"),
        (_, Killed) => Signal(status),
        (_, Dumped) => $"{Signal(status)}, core dumped",
        ("success", _) => null,
        _ => result,
    };

    private static string Signal(long? number) => number switch
    {
        1 => "SIGHUP", 2 => "SIGINT", 4 => "SIGILL", 6 => "SIGABRT", 7 => "SIGBUS", 8 => "SIGFPE", SIGKILL => "SIGKILL", 11 => "SIGSEGV", 15 => "SIGTERM",
        _ => string.Create(CultureInfo.InvariantCulture, $"signal {number}"),
    };
}

using System.Globalization;

namespace DVStakers.Edge.Core.Power;

/// <summary>What systemd and Docker say of clients. Pure.</summary>
public static class UnitAnswers
{
    /// <summary>What is asked of systemd for each unit.</summary>
    public const string Properties = "Id,LoadState,ActiveState,TimeoutStopUSec,SendSIGKILL,ActiveExitTimestampMonotonic,InactiveEnterTimestampMonotonic";

    /// <summary>Shorter ones were crashes rather than stops.</summary>
    private static readonly TimeSpan ShortestStop = TimeSpan.FromSeconds(1);

    /// <summary>The output of <c>systemctl show</c>: a block of lines for each unit, in the order in which they were asked for.</summary>
    public static IReadOnlyList<ClientFacts> Systemd(string output) =>
        [.. output.Split("\n\n", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Unit)];

    private static ClientFacts Unit(string block)
    {
        var values = block.Split('\n').Select(l => l.Split('=', 2)).Where(p => p.Length == 2).ToDictionary(p => p[0], p => p[1].Trim());
        string Value(string name) => values.GetValueOrDefault(name, "");
        if (Value("LoadState") is "not-found")
            return new(Activity.Down, Error: "systemd knows no unit of this name");
        var stop = Microseconds("InactiveEnterTimestampMonotonic") - Microseconds("ActiveExitTimestampMonotonic");
        return new(
            Value("ActiveState") switch
            {
                "active" or "reloading" or "refreshing" => Activity.Running,
                "activating" => Activity.Starting,
                "deactivating" => Activity.Ending,
                "inactive" or "failed" => Activity.Down,
                _ => Activity.Unknown,
            },
            KilledAfter: Value("SendSIGKILL") == "no" ? null : Span(Value("TimeoutStopUSec")),
            LastStop: stop >= ShortestStop && Microseconds("ActiveExitTimestampMonotonic") > TimeSpan.Zero ? stop : null);

        TimeSpan Microseconds(string name) => long.TryParse(Value(name), NumberStyles.None, CultureInfo.InvariantCulture, out var us) ? TimeSpan.FromMicroseconds(us) : TimeSpan.Zero;
    }

    /// <summary>A time as systemd writes it: <c>1min 30s</c>; null: infinity, or not understood.</summary>
    public static TimeSpan? Span(string text)
    {
        var sum = TimeSpan.Zero;
        foreach (var part in text.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            var digits = part.TakeWhile(c => char.IsAsciiDigit(c) || c == '.').Count();
            if (!double.TryParse(part.AsSpan(0, digits), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
                return null;
            double? seconds = part[digits..] switch { "us" => 1e-6, "ms" => 1e-3, "s" => 1, "min" => 60, "h" => 3600, "d" => 86_400, "w" => 604_800, _ => null };
            if (seconds is not { } unit)
                return null;
            sum += TimeSpan.FromSeconds(number * unit);
        }
        return sum > TimeSpan.Zero ? sum : null;
    }

    /// <summary>The status that <c>docker inspect</c> gives. Docker's own stop waits for ever where it is told so, and its stops are not dated.</summary>
    public static ClientFacts Docker(string status) => new(status.Trim() switch
    {
        "running" or "paused" => Activity.Running,
        "restarting" => Activity.Starting,
        "removing" => Activity.Ending,
        "created" or "exited" or "dead" => Activity.Down,
        _ => Activity.Unknown,
    });
}

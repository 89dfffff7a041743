using System.Collections.Immutable;
using System.Globalization;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;

namespace DVStakers.Edge.Core.Machine;

/// <summary>What is known of the hardware, steadied.</summary>
internal sealed record HostMemory
{
    public static readonly HostMemory Empty = new();

    /// <summary>Where the hardware tells no limit of its own.</summary>
    private const double UsualLimit = 90;

    /// <summary>So far below its limit it is hot, and cool again this much further down.</summary>
    private const double Margin = 5;

    private const long Gibibyte = 1L << 30;

    private static readonly TimeSpan Filling = TimeSpan.FromDays(7);

    /// <summary>What comes and goes by the minute.</summary>
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private ImmutableDictionary<string, DiskTrend> trends = ImmutableDictionary<string, DiskTrend>.Empty;
    private ImmutableDictionary<(ConditionKind Kind, string Subject), Held> held = ImmutableDictionary<(ConditionKind, string), Held>.Empty;
    private ImmutableDictionary<string, ImmutableList<(DateTimeOffset At, long Changes)>> carriers = ImmutableDictionary<string, ImmutableList<(DateTimeOffset, long)>>.Empty;
    private (long Count, DateTimeOffset? RoseAt) throttling;

    private HostMemory()
    {
    }

    public HostStatus Status { get; private init; } = MachineStatus.Unseen.Host;

    public IReadOnlyList<(ConditionKind Kind, string Subject, string Detail)> Problems { get; private init; } = [];

    public HostMemory With(HostReading reading, DateTimeOffset now)
    {
        // 1. What needs a past.
        var trendsNow = reading.Disks.ToImmutableDictionary(d => d.Mount, d => trends.GetValueOrDefault(d.Mount, DiskTrend.Empty).With(now, d.Free));
        var disks = reading.Disks.Select(d => new DiskStatus(d, trendsNow[d.Mount].Left(d.Free))).ToList();
        var throttlingNow = Throttling(reading, now);
        var carriersNow = reading.Links.Where(l => l.Changes is not null).ToImmutableDictionary(l => l.Name, l => Carrier(l, now));

        // 2. What is so now, each with how long it must be so.
        var signs = new List<Sign>();
        foreach (var disk in disks)
            signs.AddRange(Disk(disk));
        signs.AddRange(Heat(reading, throttlingNow, now));
        signs.AddRange(Rest(reading, carriersNow));

        // 3. What holds.
        var heldNow = signs.ToImmutableDictionary(s => (s.Kind, s.Subject), s => held.GetValueOrDefault((s.Kind, s.Subject)).Next(s.Seen, now, s.ToBegin, s.ToEnd));
        return new()
        {
            trends = trendsNow,
            held = heldNow,
            carriers = carriersNow,
            throttling = throttlingNow,
            Status = new(reading, disks),
            Problems = [.. signs.Where(s => heldNow[(s.Kind, s.Subject)].Holds).Select(s => (s.Kind, s.Subject, s.Detail))],
        };
    }

    /// <param name="Seen">Null: not known now.</param>
    private readonly record struct Sign(ConditionKind Kind, string Subject, bool? Seen, string Detail, TimeSpan ToBegin, TimeSpan ToEnd);

    private IEnumerable<Sign> Disk(DiskStatus disk)
    {
        var (mount, total, free) = (disk.Reading.Mount, disk.Reading.Total, disk.Reading.Free);
        var room = Say($"{mount} has {Size(free)} of {Size(total)} left");
        var full = free < Math.Max(Gibibyte, total / 50);
        yield return new(MachineConditions.DiskFull, mount, full, room, Minute, FiveMinutes);
        // It must have got clearly better to be over: the estimate itself moves.
        var was = held.GetValueOrDefault((MachineConditions.DiskFilling, mount)).Holds;
        var soon = disk.Left is { } left && left < (was ? Filling * 1.5 : Filling);
        yield return new(MachineConditions.DiskFilling, mount, !full && (soon || free < total / (was ? 16 : 20)),
            disk.Left is { } at ? Say($"{room}; at the pace of the last hours it is full in {Days(at)}") : room, FiveMinutes, Hour);
        yield return new(MachineConditions.DiskReadOnly, mount, disk.Reading.ReadOnly, $"{mount} is read-only", Minute, Minute);
    }

    private IEnumerable<Sign> Heat(HostReading reading, (long Count, DateTimeOffset? RoseAt) throttled, DateTimeOffset now)
    {
        foreach (var (name, sensor) in new[] { ("processor", reading.Processor), ("drive", reading.Drive) })
            if (sensor is not null)
            {
                var limit = (sensor.Limit ?? UsualLimit) - Margin - (held.GetValueOrDefault((MachineConditions.TooHot, name)).Holds ? Margin : 0);
                yield return new(MachineConditions.TooHot, name, sensor.Celsius >= limit, Say($"{sensor.Sensor} at {sensor.Celsius:0} C, its limit is {sensor.Limit ?? UsualLimit:0} C"), Minute, FiveMinutes);
            }
        if (reading.Throttled is not null)
            yield return new(MachineConditions.Throttled, "processor", throttled.RoseAt is { } rose && now - rose < FiveMinutes,
                reading.Throttled > 0 ? Say($"{reading.Throttled} times since boot") : "the kernel holds its frequency down", Minute, FiveMinutes);
        if (reading.UnderVoltage is { } low)
            yield return new(MachineConditions.UnderVoltage, "power supply", low, "the board says that its voltage is too low", TimeSpan.FromSeconds(20), FiveMinutes);
    }

    private IEnumerable<Sign> Rest(HostReading reading, ImmutableDictionary<string, ImmutableList<(DateTimeOffset At, long Changes)>> carrier)
    {
        if (reading.Memory is { Total: > 0 } memory)
        {
            var was = held.GetValueOrDefault((MachineConditions.MemoryTight, "memory")).Holds;
            yield return new(MachineConditions.MemoryTight, "memory", memory.Pressure > (was ? 5 : 10) || memory.Available < memory.Total / (was ? 12 : 20),
                Say($"{Size(memory.Available)} of {Size(memory.Total)} available{(memory.Pressure is { } p ? Say($", processes waited for memory {p:0.#} % of the last minute") : "")}{(memory.SwapTotal > 0 ? $", {Size(memory.SwapTotal - memory.SwapFree)} swapped out" : "")}"),
                Minute * 2, FiveMinutes);
        }
        if (reading.Clock is { } clock)
            yield return new(MachineConditions.ClockUnsynchronised, "clock", !clock.Synchronised, "the kernel says that nothing keeps its clock right", FiveMinutes, Minute);
        foreach (var link in reading.Links.Where(l => l.Default || held.ContainsKey((MachineConditions.LinkDown, l.Name))))
        {
            yield return new(MachineConditions.LinkDown, link.Name, !link.Up, $"{link.Name} has no carrier", TimeSpan.FromSeconds(15), Minute);
            var changed = carrier.TryGetValue(link.Name, out var seen) ? seen[^1].Changes - seen[0].Changes : 0;
            yield return new(MachineConditions.LinkUnsteady, link.Name, changed >= 6, Say($"{link.Name} lost its carrier {changed / 2} times within an hour"), TimeSpan.Zero, FiveMinutes);
        }
    }

    /// <summary>When it was last slowed down; what it was before the agent looked does not count.</summary>
    private (long, DateTimeOffset?) Throttling(HostReading reading, DateTimeOffset now)
    {
        var count = reading.Throttled ?? throttling.Count;
        var first = Status.Reading?.Throttled is null;
        return (count, count < 0 || (!first && count > throttling.Count) ? now : throttling.RoseAt);
    }

    private ImmutableList<(DateTimeOffset At, long Changes)> Carrier(LinkReading link, DateTimeOffset now)
    {
        var seen = carriers.GetValueOrDefault(link.Name, []);
        if (!seen.IsEmpty && (link.Changes < seen[^1].Changes || now < seen[^1].At))
            seen = [];
        if (seen.IsEmpty || seen[^1].Changes != link.Changes)
            seen = seen.Add((now, link.Changes!.Value));
        // The last one before the hour stays: what came after it is counted from there.
        while (seen.Count > 1 && (now - seen[1].At > Hour || seen.Count > 64))
            seen = seen.RemoveAt(0);
        return seen;
    }

    private static string Days(TimeSpan left) => left.TotalDays < 2 ? Say($"{left.TotalHours:0} hours") : Say($"{left.TotalDays:0} days");

    public static string Size(long bytes) => bytes < Gibibyte ? Say($"{bytes / (double)(1 << 20):0} MiB") : Say($"{bytes / (double)Gibibyte:0.#} GiB");

    private static string Say(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

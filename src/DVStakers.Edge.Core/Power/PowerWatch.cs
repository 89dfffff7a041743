using System.Collections.Immutable;

namespace DVStakers.Edge.Core.Power;

/// <summary>
/// Steadies readings into what holds. Pure: what was known, a reading (or a tick of the clock), the time; out comes what is known now.
/// 1. What cannot be is set aside, and named; so is a reading that does not move any more. 2. The source changes only when it was said for a while. 3. Silence is Unknown, and on battery
/// it is the worst: nobody is left to say when it ends. 4. The run time left is the UPS's own, else by the slope of the charge.
/// </summary>
public sealed record PowerWatch
{
    public static readonly TimeSpan ToBattery = TimeSpan.FromSeconds(2);
    public static readonly TimeSpan ToMains = TimeSpan.FromSeconds(5);

    /// <summary>A load that comes on pulls the voltage down for a moment.</summary>
    public static readonly TimeSpan ToLow = TimeSpan.FromSeconds(5);

    /// <summary>NUT's own dead time.</summary>
    public static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(15);

    /// <summary>A chip's last digits always move while its battery empties.</summary>
    public static readonly TimeSpan FrozenAfter = TimeSpan.FromMinutes(10);

    /// <summary>
    /// The judge runs each second. A longer stretch was not lived through: the clock was set (a board without a clock of its own learns the time some while after boot), or the process stood.
    /// It is no silence of the UPS, and nothing has lasted the longer for it.
    /// </summary>
    public static readonly TimeSpan LongestStep = TimeSpan.FromSeconds(10);

    /// <summary>More than this between two readings is a fault of one of them, until others agree with it.</summary>
    private const double JumpPercent = 20;
    private const int Agreeing = 3;

    /// <summary>Of so many readings the one in the middle counts: a single dip must not stop a box.</summary>
    private const int Middle = 5;

    private readonly bool mayFreeze;
    private DateTimeOffset Started { get; init; }
    private DateTimeOffset SeenAt { get; init; }
    private DateTimeOffset? GoodAt { get; init; }
    private bool? Said { get; init; }
    private DateTimeOffset SaidSince { get; init; }
    private bool IsDouble { get; init; }
    private double? Charge { get; init; }
    private (double Percent, int Times)? Doubted { get; init; }
    private (double?, double?, double?) Digits { get; init; }
    private DateTimeOffset MovedAt { get; init; }
    private Slope? Slope { get; init; }
    private DateTimeOffset? LowSince { get; init; }
    private ImmutableArray<double> Charges { get; init; } = [];
    private ImmutableArray<TimeSpan> Lefts { get; init; } = [];

    public PowerStatus Status { get; private init; }

    private PowerWatch(bool mayFreeze, DateTimeOffset now)
    {
        this.mayFreeze = mayFreeze;
        Started = SeenAt = MovedAt = now;
        Status = new() { Source = PowerSource.Unknown, Reason = "the UPS was not read yet" };
    }

    /// <param name="mayFreeze">Its readings are raw enough that they always move on battery: a chip's, not those of a server that rounds.</param>
    public static PowerWatch Start(bool mayFreeze, DateTimeOffset now) => new(mayFreeze, now);

    /// <param name="reading">Null: a tick.</param>
    public PowerWatch Next(PowerReading? reading, DateTimeOffset now)
    {
        var step = now - SeenAt;
        return ((step < TimeSpan.Zero || step > LongestStep ? Later(step) : this) with { SeenAt = now }).Seen(reading, now);
    }

    private PowerWatch Seen(PowerReading? reading, DateTimeOffset now)
    {
        if (reading is null)
            return Silence(now);
        var next = this with { Status = Status with { Last = reading, LastAt = now } };
        if (!reading.IsGood)
            return (next with { Status = next.Status with { Trouble = Status.Trouble ?? Early(reading), Nonsense = reading.Answered } }).Silence(now, reading);
        next = next.Moved(reading, now);
        if (next.IsFrozen(now))
            return next.Bad(PowerReading.Nonsense($"on battery it has said exactly the same for {(now - next.MovedAt).TotalMinutes:0} minutes"), now);
        var (charge, held) = next.Believed(reading);
        return held is { } doubt ? (next with { Doubted = doubt }).Bad(PowerReading.Nonsense(
                FormattableString.Invariant($"its charge went from {next.Charge:0} to {doubt.Percent:0} % at once")), now)
            : next.Take(reading, charge, now);
    }

    private PowerWatch Later(TimeSpan by) => this with
    {
        Started = Started + by,
        GoodAt = GoodAt + by,
        SaidSince = SaidSince == default ? default : SaidSince + by,
        MovedAt = MovedAt + by,
        LowSince = LowSince + by,
        Slope = Slope?.Later(by),
        Status = Status with { Since = Status.Since + by },
    };

    private PowerWatch Bad(PowerReading reading, DateTimeOffset now) => (this with { Status = Status with { Last = reading, LastAt = now } }).Silence(now, reading);

    /// <summary>One bad reading is none yet; before the first good one it is all there is.</summary>
    private string? Early(PowerReading reading) => GoodAt is null ? reading.Problem : null;

    private PowerWatch Moved(PowerReading reading, DateTimeOffset now)
    {
        var digits = (reading.ChargePercent, reading.Volts, reading.Amperes);
        return digits == Digits && Status.Source == PowerSource.Battery ? this : this with { Digits = digits, MovedAt = now };
    }

    private bool IsFrozen(DateTimeOffset now) => mayFreeze && Digits is not (null, null, null) && now - MovedAt >= FrozenAfter;

    /// <summary>The charge to go on with, or the doubt about it.</summary>
    private (double? Charge, (double Percent, int Times)? Doubt) Believed(PowerReading reading)
    {
        if (reading.ChargePercent is not { } said)
            return (null, null);
        // From the moment it gave itself away all that it says is double.
        var percent = IsDouble && !reading.ReportsDouble ? said / 2 : said;
        if (Charge is not { } known || reading.ReportsDouble != IsDouble && !IsDouble || Math.Abs(percent - known) <= JumpPercent)
            return (percent, null);
        var times = Doubted is { } doubted && Math.Abs(doubted.Percent - percent) <= 5 ? doubted.Times + 1 : 1;
        return times >= Agreeing ? (percent, null) : (known, (percent, times));
    }

    private PowerWatch Take(PowerReading reading, double? charge, DateTimeOffset now)
    {
        var said = reading.OnMains ?? Said;
        var since = said == Said ? SaidSince : now;
        var source = (said, Status.Source) switch
        {
            (null, var s) => s,
            // The first word counts at once, and so does the first after a silence.
            (true, PowerSource.Unknown) => PowerSource.Mains,
            (false, PowerSource.Unknown) => PowerSource.Battery,
            (false, PowerSource.Mains) when now - since >= ToBattery || reading.Forced => PowerSource.Battery,
            (true, PowerSource.Battery) when now - since >= ToMains => PowerSource.Mains,
            (_, var s) => s,
        };
        var changed = source != Status.Source;
        var anew = changed || Doubted is not null || reading.ReportsDouble != IsDouble && !IsDouble;
        var charges = Recent(anew ? [] : Charges, charge);
        var lefts = Recent(changed ? [] : Lefts, source == PowerSource.Battery ? reading.RunTimeLeft : null);
        var lowSince = source == PowerSource.Battery && reading.Low ? LowSince ?? now : (DateTimeOffset?)null;
        var low = now - lowSince >= ToLow;
        var slope = source != PowerSource.Battery ? null
            : charges.IsEmpty ? Slope
            : (changed || Slope is null ? Slope.Start(now) : Slope).With(Median(charges), now);
        return this with
        {
            GoodAt = now,
            Said = said,
            SaidSince = since,
            IsDouble = IsDouble || reading.ReportsDouble,
            Charge = charge,
            Doubted = null,
            Slope = slope,
            LowSince = lowSince,
            Charges = charges,
            Lefts = lefts,
            Status = Status with
            {
                Source = source,
                Since = changed ? now : Status.Since,
                Reason = source switch
                {
                    PowerSource.Mains => "the UPS says that mains are there",
                    PowerSource.Battery => reading.Forced ? "the UPS's master shuts everything down" : low ? "mains are gone, and the UPS says that its battery is low" : "mains are gone",
                    _ => "the UPS does not say what feeds the box",
                },
                ChargePercent = charges.IsEmpty ? null : Median(charges),
                RunTimeLeft = source != PowerSource.Battery ? null : lefts.IsEmpty ? slope?.Left() : Median(lefts),
                Low = low,
                Forced = reading.Forced,
                Replace = reading.Replace,
                Trouble = null,
                Nonsense = false,
            },
        };
    }

    /// <summary>A value that is not told any more is forgotten at once.</summary>
    private static ImmutableArray<T> Recent<T>(ImmutableArray<T> known, T? value) where T : struct =>
        value is not { } one ? [] : (known.Length < Middle ? known : known.RemoveAt(0)).Add(one);

    private static T Median<T>(ImmutableArray<T> values) => values.Sort()[values.Length / 2];

    private PowerWatch Silence(DateTimeOffset now, PowerReading? bad = null)
    {
        var since = GoodAt ?? Started;
        if (now - since < SilentAfter)
            return this;
        var why = bad?.Problem ?? Status.Trouble ?? "nothing was read";
        var trouble = Status with { Trouble = why, Nonsense = bad?.Answered ?? Status.Nonsense };
        if (Status.Source == PowerSource.Battery)
            return this with
            {
                Slope = null,
                Status = trouble with
                {
                    Low = true,
                    RunTimeLeft = TimeSpan.Zero,
                    Reason = $"mains were gone when the UPS could no longer be read ({why}): nothing tells when its battery ends, so it counts as ending",
                },
            };
        return this with
        {
            Said = null,
            Status = trouble with
            {
                Source = PowerSource.Unknown,
                Since = Status.Source == PowerSource.Unknown ? Status.Since : now,
                Reason = $"the UPS cannot be read: {why}",
                ChargePercent = null,
                RunTimeLeft = null,
                Low = false,
                Forced = false,
            },
        };
    }
}

using System.Globalization;

namespace DVStakers.Edge.Linux.Leds;

/// <summary>An attribute of a trigger, as the kernel wrote it.</summary>
public sealed record LedAttribute(string Name, string Value);

/// <summary>What drove an LED before we did. As text it survives the process.</summary>
public sealed record LedMemory(string Trigger, int Brightness, IReadOnlyList<LedAttribute> Attributes)
{
    /// <summary>In the order in which they must be written again: a pattern starts when it is written.</summary>
    internal static IReadOnlyList<string> AttributesOf(string trigger) => trigger switch
    {
        "timer" => ["delay_on", "delay_off"],
        "oneshot" => ["delay_on", "delay_off", "invert"],
        "pattern" => ["repeat", "pattern"],
        "heartbeat" => ["invert"],
        "netdev" => ["device_name", "link", "tx", "rx", "interval"],
        _ => [],
    };

    /// <summary>One line of "name=value" parts, separated by semicolons.</summary>
    public override string ToString() =>
        string.Join(';', [$"trigger={Trigger}", string.Create(CultureInfo.InvariantCulture, $"brightness={Brightness}"), .. Attributes.Select(a => $"{a.Name}={a.Value}")]);

    /// <summary>Null: not what <see cref="ToString"/> wrote.</summary>
    public static LedMemory? Parse(string text)
    {
        var parts = text.Trim().Split(';').Select(p => p.Split('=', 2)).ToList();
        if (parts.Count < 2 || parts.Exists(p => p.Length != 2) || parts[0][0] != "trigger" || parts[1][0] != "brightness" || parts[0][1].Length == 0
            || !int.TryParse(parts[1][1], NumberStyles.None, CultureInfo.InvariantCulture, out var brightness))
            return null;
        // The names become file names.
        var known = AttributesOf(parts[0][1]);
        var attributes = parts.Skip(2).Select(p => new LedAttribute(p[0], p[1])).ToList();
        return attributes.Exists(a => !known.Contains(a.Name)) ? null : new(parts[0][1], brightness, attributes);
    }
}

using System.Globalization;
using System.Text;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Agent.Probes;

/// <param name="Device">The number of what is mounted: two mounts of one file system have the same.</param>
/// <param name="ReadOnly">The file system itself, not only this mount of it: a service's own view is often read-only.</param>
internal sealed record Mount(string Device, string Point, string Type, bool ReadOnly);

/// <summary>The texts of /proc and /sys that the host probe reads, as values. Pure.</summary>
internal static class HostFiles
{
    /// <param name="pressure">/proc/pressure/memory; null where the kernel has none.</param>
    public static MemoryReading? Memory(string? meminfo, string? pressure)
    {
        if (meminfo is null)
            return null;
        var values = new Dictionary<string, long>();
        foreach (var line in meminfo.Split('\n'))
            if (line.Split(':') is [var name, var rest] && rest.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [var number, ..] && Number(number) is { } kibibytes)
                values[name] = kibibytes * 1024;
        return values.TryGetValue("MemTotal", out var total) && values.TryGetValue("MemAvailable", out var available)
            ? new(total, available, values.GetValueOrDefault("SwapTotal"), values.GetValueOrDefault("SwapFree"), pressure is null ? null : LoadProbe.Parse(pressure))
            : null;
    }

    /// <summary>/proc/self/mountinfo: file systems of disks, in the order of mounting. What is mounted over something hides it.</summary>
    public static IReadOnlyList<Mount> Mounts(string mountinfo)
    {
        var mounts = new List<Mount>();
        foreach (var line in mountinfo.Split('\n'))
        {
            // ID, parent, device, root, mount point, options, optional fields, -, type, source, options of the file system.
            var fields = line.Split(' ');
            var dash = Array.IndexOf(fields, "-");
            if (dash < 6 || fields.Length < dash + 4)
                continue;
            var mount = new Mount(fields[2], Unescape(fields[4]), fields[dash + 1], fields[dash + 3].Split(',').Contains("ro"));
            mounts.RemoveAll(m => m.Point == mount.Point);
            mounts.Add(mount);
        }
        return mounts;
    }

    /// <summary>The file system that a folder is on.</summary>
    public static Mount? MountOf(string path, IReadOnlyList<Mount> mounts) => mounts
        .Where(m => m.Point == "/" || path == m.Point || path.StartsWith(m.Point + "/", StringComparison.Ordinal))
        .MaxBy(m => m.Point.Length);

    /// <summary>The interfaces through which the way to the internet goes.</summary>
    /// <param name="route">/proc/net/route.</param>
    /// <param name="route6">/proc/net/ipv6_route.</param>
    public static IReadOnlySet<string> DefaultLinks(string? route, string? route6)
    {
        var links = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in (route ?? "").Split('\n').Skip(1))
            if (line.Split('\t') is [var name, "00000000", var gateway, ..] && gateway != "00000000")
                links.Add(name.Trim());
        foreach (var line in (route6 ?? "").Split('\n'))
            if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["00000000000000000000000000000000", "00", .., var name] && name != "lo")
                links.Add(name);
        return links;
    }

    /// <summary>The life_time of an eMMC: two estimates in tenths of its rated life. Null: the device tells none.</summary>
    public static int? LifeTime(string? text)
    {
        var estimates = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Hex).Where(v => v is > 0 and <= 11).ToList();
        return estimates.Count == 0 ? null : Math.Min(110, estimates.Max()!.Value * 10);
    }

    public static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static int? Hex(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) && int.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The kernel writes blanks and their like as three octal digits.</summary>
    private static string Unescape(string text)
    {
        if (!text.Contains('\\'))
            return text;
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '\\' && i + 3 < text.Length && text.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                bytes.Add((byte)(((text[i + 1] - '0') * 64) + ((text[i + 2] - '0') * 8) + text[i + 3] - '0'));
                i += 3;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(text[i].ToString()));
            }
        }
        return Encoding.UTF8.GetString([.. bytes]);
    }
}

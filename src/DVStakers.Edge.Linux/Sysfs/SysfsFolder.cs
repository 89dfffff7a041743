using System.Globalization;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Linux.Sysfs;

/// <summary>The attributes of one device. What is absent, or has no value now, is null; every other failure is kept as trouble.</summary>
internal sealed class SysfsFolder(string path)
{
    private readonly List<DeviceException> troubles = [];

    public IReadOnlyList<DeviceException> Troubles => troubles;

    public string? Text(string attribute)
    {
        var file = Path.Combine(path, attribute);
        var text = SysfsFile.Read(file, out var errno)?.Trim();
        if (text is null && errno is not (Errno.ENOENT or Errno.ENODATA))
            troubles.Add(ErrnoWords.Exception(DeviceKind.Sysfs, file, errno));
        return string.IsNullOrEmpty(text) ? null : text;
    }

    /// <summary>The kernel's whole number, divided: it counts in millionths or thousandths.</summary>
    public double? Number(string attribute, double divisor = 1)
    {
        if (Text(attribute) is not { } text)
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
            return number / divisor;
        troubles.Add(new(Path.Combine(path, attribute), Errno.EPROTO, $"'{text}' is not a number", null, mayHeal: true));
        return null;
    }

    public bool? Flag(string attribute) => Number(attribute) is { } number ? number != 0 : null;

    public TimeSpan? Seconds(string attribute) => Number(attribute) is { } number && number is >= 0 and <= int.MaxValue ? TimeSpan.FromSeconds(number) : null;
}

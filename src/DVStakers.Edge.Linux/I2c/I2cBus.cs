using DVStakers.Edge.Linux.Kernel;
using DVStakers.Edge.Linux.Sysfs;

namespace DVStakers.Edge.Linux.I2c;

/// <summary>
/// One I2C bus, named by the configuration. It is never scanned: on some boards the chips that an unknowing read or write would meet are the processor's
/// voltage regulators. Make one for each bus and share it: its chips then take turns.
/// </summary>
/// <param name="name">The node, <c>i2c-7</c>, or the adapter's name, which does not change from boot to boot (<c>i2cdetect -l</c> lists both).</param>
public sealed class I2cBus(KernelPaths paths, string name)
{
    /// <summary>Below and above are addresses that the bus itself uses.</summary>
    private const byte LowestAddress = 0x08;
    private const byte HighestAddress = 0x77;

    private readonly Lock turn = new();

    public string Name => name;

    /// <summary>A chip of this bus. Nothing is opened before its first use.</summary>
    public I2cDevice Device(byte address) => address is >= LowestAddress and <= HighestAddress
        ? new I2cDevice(this, address)
        : throw new ArgumentOutOfRangeException(nameof(address), $"0x{address:x2} is not the address of a chip: 0x08 to 0x77");

    /// <summary>Keeps this process's other users off the bus, for steps that belong together. The same thread may take it again.</summary>
    public Lock.Scope Turn() => turn.EnterScope();

    /// <summary>The node's number and path, looked up anew each time: a late adapter is found when it is there.</summary>
    /// <exception cref="DeviceException">There is no such bus, or more than one of that name.</exception>
    internal (int Number, string Node) Find()
    {
        if (Number(name) is { } given)
            return (given, Node(given));
        var named = Adapters().Where(a => a.Name == name).ToList();
        if (named.Count == 1)
            return (named[0].Number, Node(named[0].Number));
        var words = named.Count == 0
            ? "no adapter has this name; " + (Adapters().Select(a => $"i2c-{a.Number} '{a.Name}'").ToList() is { Count: > 0 } there ? $"there are: {string.Join(", ", there)}" : "there is none at all")
            : $"{named.Count} adapters have this name: {string.Join(", ", named.Select(a => $"i2c-{a.Number}"))}";
        throw new DeviceException($"I2C bus '{name}'", Errno.ENOENT, words, "correct the name, or enable the bus (an overlay, dtparam=i2c_arm=on)", mayHeal: true);
    }

    /// <summary>The kernel driver that is bound to the chip; null: none that can be seen.</summary>
    internal string? Driver(int number, byte address) =>
        new DirectoryInfo(Path.Combine(Folder(number, address), "driver")).LinkTarget is { } target ? Path.GetFileName(target) : null;

    /// <summary>What that driver shows of it.</summary>
    internal DriverValues? Values(int number, byte address) => DriverValues.Read(Folder(number, address));

    private string Folder(int number, byte address) => Path.Combine(paths.Sys, "bus/i2c/devices", $"{number}-{address:x4}");

    private string Node(int number) => Path.Combine(paths.Dev, $"i2c-{number}");

    private static int? Number(string text) =>
        text.StartsWith("i2c-", StringComparison.Ordinal) && int.TryParse(text.AsSpan(4), System.Globalization.NumberStyles.None, null, out var number) ? number : null;

    private IEnumerable<(int Number, string Name)> Adapters()
    {
        var folder = Path.Combine(paths.Sys, "bus/i2c/devices");
        if (!Directory.Exists(folder))
            yield break;
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder, "i2c-*").Order(StringComparer.Ordinal))
            if (Number(Path.GetFileName(entry)) is { } number && SysfsFile.TryRead(Path.Combine(entry, "name")) is { } found)
                yield return (number, found);
    }
}

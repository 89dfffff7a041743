using System.Runtime.InteropServices;
using static DVStakers.Edge.Linux.Kernel.Errno;

namespace DVStakers.Edge.Linux.Kernel;

/// <summary>What is behind a device file; it decides what an error number means.</summary>
internal enum DeviceKind
{
    Gpio,
    I2c,
    Sysfs,
}

/// <summary>Error numbers of devices in words. One table, one row for each number.</summary>
internal static class ErrnoWords
{
    /// <param name="device">A path, and the line or the address where there is one.</param>
    /// <param name="user">Who holds it, where it is busy and that is known.</param>
    public static DeviceException Exception(DeviceKind kind, string device, int errno, string? user = null)
    {
        var (words, remedy, mayHeal) = Of(kind, errno, user);
        return new DeviceException(device, errno, words, remedy, mayHeal);
    }

    private static (string Words, string? Remedy, bool MayHeal) Of(DeviceKind kind, int errno, string? user) => errno switch
    {
        EACCES => ($"no permission: it is not given to the group {Group(kind)} yet, or the agent is not in it", $"install the udev rules and add the agent's user to {Group(kind)}", true),
        EPERM => ("no permission: systemd or a container keeps the device from the agent", $"the unit needs DeviceAllow={Class(kind)} rw", false),
        EBUSY when user is not null => ($"in use by {user}", kind == DeviceKind.I2c ? "read what that driver shows in /sys/class/power_supply or /sys/class/hwmon instead" : "stop that program, or choose another line", true),
        EBUSY => ("in use by a kernel driver or another program", null, true),
        ENOENT when kind == DeviceKind.Sysfs => ("is not there", "the driver or the module is missing, or the name is wrong", true),
        ENOENT => ("is not there", $"the {Module(kind)} or the board's overlay is missing, or it comes later", true),
        ENODEV or ENXIO or EREMOTEIO when kind == DeviceKind.I2c => ("the chip does not answer", "check that it is connected and has power, and that bus and address are right", true),
        ENODEV or ENXIO => ("the device is gone", null, true),
        ETIMEDOUT => ("no answer in time: the bus or the chip hangs", kind == DeviceKind.I2c ? "a power cycle of the chip frees a bus that is held" : null, true),
        EAGAIN => ("the bus was taken by another master", null, true),
        EIO => ("reading or writing failed on the wire", null, true),
        EREMOTEIO => ("the other side refused", null, true),
        ENODATA => ("the driver has no value yet", null, true),
        EPROTO or EBADMSG => ("what came over the bus makes no sense", null, true),
        EMFILE or ENFILE => ("too many open files", null, true),
        EROFS => ("is read-only for the agent", "the unit has ProtectKernelTunables=yes, and what the panel writes there needs ReadWritePaths", false),
        EINVAL or ERANGE => ("the driver does not take that", "choose other settings; not every chip can do everything", false),
        ENOTTY => ("is not such a device, or the kernel is older than 5.10", null, false),
        EOPNOTSUPP => ("the chip or its driver cannot do that", null, false),
        _ => (Marshal.GetPInvokeErrorMessage(errno), null, true),
    };

    private static string Group(DeviceKind kind) => kind switch { DeviceKind.Gpio => "gpio", DeviceKind.I2c => "i2c", _ => "of this file" };

    private static string Class(DeviceKind kind) => kind switch { DeviceKind.Gpio => "char-gpiochip", DeviceKind.I2c => "char-i2c", _ => "(the device)" };

    private static string Module(DeviceKind kind) => kind == DeviceKind.I2c ? "module i2c-dev" : "chip's driver";
}

using DVStakers.Edge.Core.Power;
using DVStakers.Edge.Core.Power.Chips;
using DVStakers.Edge.Linux.I2c;
using DVStakers.Edge.Linux.Kernel;

namespace DVStakers.Edge.Agent.Power;

/// <summary>
/// A chip on I2C, with a GPIO line for the mains where the chip does not tell them. It runs the chip's plan and writes nothing. A chip that a kernel driver owns is left to it, and what
/// the driver shows is read instead.
/// </summary>
/// <param name="mains">Null: the chip tells them. On: mains are there.</param>
internal sealed class ChipUps(I2cDevice device, string bus, Chip chip, InputLine? mains) : IUps
{
    public string Place => $"{bus}, address 0x{device.Address:x2}{(mains is null ? "" : $", mains by {mains}")}";

    public TimeSpan Every { get; } = TimeSpan.FromSeconds(1);

    // A bus that hangs holds the thread that reads it: not one of those that serve sockets.
    public Task<PowerReading> Read(CancellationToken stop) => Task.Run(() =>
    {
        try
        {
            var reading = Reading();
            return mains is null ? reading : Contacts.With(reading, mains.Read());
        }
        catch (DeviceException e)
        {
            return PowerReading.Silent(e.Message);
        }
    }, stop);

    private PowerReading Reading()
    {
        try
        {
            return chip.Parse(Bytes(device, chip));
        }
        catch (DeviceException e) when (e.Errno == Errno.EBUSY)
        {
            if (device.OfDriver() is { } shown && chip.OfDriver(shown.Volts, shown.Amperes, shown.CapacityPercent) is { } reading)
                return reading;
            throw;
        }
    }

    private static RegisterBytes Bytes(I2cDevice device, Chip chip)
    {
        var bytes = new RegisterBytes();
        Span<byte> buffer = stackalloc byte[I2cDevice.BlockMax];
        foreach (var (register, length) in chip.Plan)
        {
            var into = buffer[..length];
            if (length == 1)
                into[0] = device.ReadByte(register);
            // As a word every adapter can do it; a block of two is what some cannot.
            else if (length == 2)
                System.Buffers.Binary.BinaryPrimitives.WriteUInt16LittleEndian(into, device.ReadWordLittleEndian(register));
            else
                device.ReadBlock(register, into);
            bytes.Add(register, into.ToArray());
        }
        return bytes;
    }

    public void Dispose()
    {
        device.Dispose();
        mains?.Dispose();
    }
}

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using DVStakers.Edge.Linux.Kernel;
using Microsoft.Win32.SafeHandles;
using static DVStakers.Edge.Linux.I2c.I2cNative;

namespace DVStakers.Edge.Linux.I2c;

/// <summary>
/// One chip, by SMBus commands. It is opened at its first use, and anew after a failure. Every call waits for its turn on the bus and then at most as long
/// as the kernel's adapter lets it (about a second). Never forced: a chip that a kernel driver owns stays the driver's.
/// </summary>
public sealed unsafe class I2cDevice : IDisposable
{
    public const int BlockMax = I2C_SMBUS_BLOCK_MAX;

    private readonly I2cBus bus;
    private readonly byte address;
    private SafeFileHandle? handle;
    private ulong functions;
    private bool disposed;

    internal I2cDevice(I2cBus bus, byte address)
    {
        this.bus = bus;
        this.address = address;
    }

    public byte Address => address;

    /// <exception cref="DeviceException">As of every call here: no bus, no permission, a driver in the way, no answer.</exception>
    public byte ReadByte(byte register)
    {
        var data = new i2c_smbus_data();
        Transfer(I2C_SMBUS_READ, register, I2C_SMBUS_BYTE_DATA, ref data);
        return data[0];
    }

    public void WriteByte(byte register, byte value)
    {
        var data = new i2c_smbus_data();
        data[0] = value;
        Transfer(I2C_SMBUS_WRITE, register, I2C_SMBUS_BYTE_DATA, ref data);
    }

    /// <summary>A word whose first byte on the wire is the lower one: what SMBus says.</summary>
    public ushort ReadWordLittleEndian(byte register)
    {
        var data = new i2c_smbus_data();
        Transfer(I2C_SMBUS_READ, register, I2C_SMBUS_WORD_DATA, ref data);
        return MemoryMarshal.Read<ushort>(data);
    }

    /// <summary>A word whose first byte on the wire is the higher one: INA2xx, MAX170xx.</summary>
    public ushort ReadWordBigEndian(byte register) => BinaryPrimitives.ReverseEndianness(ReadWordLittleEndian(register));

    public void WriteWordLittleEndian(byte register, ushort value)
    {
        var data = new i2c_smbus_data();
        MemoryMarshal.Write(data, value);
        Transfer(I2C_SMBUS_WRITE, register, I2C_SMBUS_WORD_DATA, ref data);
    }

    public void WriteWordBigEndian(byte register, ushort value) => WriteWordLittleEndian(register, BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Bytes from this register on, 1 to <see cref="BlockMax"/> of them, in one transfer.</summary>
    /// <exception cref="DeviceException">Also where fewer came than were asked for.</exception>
    public void ReadBlock(byte register, Span<byte> into)
    {
        CheckLength(into.Length);
        var data = new i2c_smbus_data();
        data[0] = (byte)into.Length;
        Transfer(I2C_SMBUS_READ, register, I2C_SMBUS_I2C_BLOCK_DATA, ref data);
        if (data[0] != into.Length)
            throw Error(Errno.EPROTO, bus.Find().Node);
        ((ReadOnlySpan<byte>)data).Slice(1, into.Length).CopyTo(into);
    }

    public void WriteBlock(byte register, ReadOnlySpan<byte> bytes)
    {
        CheckLength(bytes.Length);
        var data = new i2c_smbus_data();
        data[0] = (byte)bytes.Length;
        bytes.CopyTo(((Span<byte>)data)[1..]);
        Transfer(I2C_SMBUS_WRITE, register, I2C_SMBUS_I2C_BLOCK_DATA, ref data);
    }

    /// <summary>What the kernel driver that owns the chip shows of it, for whom the chip itself is busy. Null: nothing.</summary>
    public DriverValues? OfDriver() => bus.Values(bus.Find().Number, address);

    public void Dispose()
    {
        using (bus.Turn())
        {
            disposed = true;
            Close();
        }
    }

    private void Transfer(byte direction, byte register, uint size, ref i2c_smbus_data data)
    {
        using (bus.Turn())
        {
            ObjectDisposedException.ThrowIf(disposed, this);
            var fd = handle ?? Open();
            if ((functions & Needed(direction, size)) == 0)
                throw Error(Errno.EOPNOTSUPP, bus.Name);
            int errno;
            fixed (i2c_smbus_data* pointer = &data)
            {
                var call = new i2c_smbus_ioctl_data { read_write = direction, command = register, size = size, data = pointer };
                errno = Libc.Ioctl(fd, I2C_SMBUS, ref call);
            }
            if (errno == 0)
                return;
            // The adapter may have gone and come back under another number.
            Close();
            throw Error(errno, bus.Name);
        }
    }

    private SafeFileHandle Open()
    {
        var (number, node) = bus.Find();
        var fd = Libc.TryOpen(node, Libc.O_RDWR, out var errno) ?? throw ErrnoWords.Exception(DeviceKind.I2c, node, errno);
        errno = Libc.Ioctl(fd, I2C_FUNCS, ref functions);
        if (errno == 0)
            errno = Libc.Ioctl(fd, I2C_SLAVE, address);
        if (errno == 0)
            return handle = fd;
        fd.Dispose();
        throw Error(errno, node, errno == Errno.EBUSY && bus.Driver(number, address) is { } driver ? $"the kernel driver {driver}" : null);
    }

    private void Close()
    {
        handle?.Dispose();
        handle = null;
    }

    private DeviceException Error(int errno, string where, string? user = null) =>
        ErrnoWords.Exception(DeviceKind.I2c, $"I2C chip 0x{address:x2} ({where})", errno, user);

    private static ulong Needed(byte direction, uint size) => (direction, size) switch
    {
        (I2C_SMBUS_READ, I2C_SMBUS_BYTE_DATA) => I2C_FUNC_SMBUS_READ_BYTE_DATA,
        (I2C_SMBUS_WRITE, I2C_SMBUS_BYTE_DATA) => I2C_FUNC_SMBUS_WRITE_BYTE_DATA,
        (I2C_SMBUS_READ, I2C_SMBUS_WORD_DATA) => I2C_FUNC_SMBUS_READ_WORD_DATA,
        (I2C_SMBUS_WRITE, I2C_SMBUS_WORD_DATA) => I2C_FUNC_SMBUS_WRITE_WORD_DATA,
        (I2C_SMBUS_READ, _) => I2C_FUNC_SMBUS_READ_I2C_BLOCK,
        _ => I2C_FUNC_SMBUS_WRITE_I2C_BLOCK,
    };

    private static void CheckLength(int length)
    {
        if (length is < 1 or > BlockMax)
            throw new ArgumentOutOfRangeException(nameof(length), $"a block is of 1 to {BlockMax} bytes");
    }
}

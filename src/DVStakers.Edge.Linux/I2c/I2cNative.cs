using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DVStakers.Edge.Linux.I2c;

#pragma warning disable IDE1006, CA1707, IDE0044, IDE0051 // The names of linux/i2c.h and linux/i2c-dev.h.

/// <summary>linux/i2c-dev.h and linux/i2c.h. Names as in C; a test checks sizes, offsets and numbers. I2C_SLAVE_FORCE is left out on purpose.</summary>
internal static class I2cNative
{
    public const uint I2C_SLAVE = 0x0703;
    public const uint I2C_FUNCS = 0x0705;
    public const uint I2C_SMBUS = 0x0720;

    public const byte I2C_SMBUS_WRITE = 0;
    public const byte I2C_SMBUS_READ = 1;

    public const uint I2C_SMBUS_BYTE_DATA = 2;
    public const uint I2C_SMBUS_WORD_DATA = 3;
    public const uint I2C_SMBUS_I2C_BLOCK_DATA = 8;
    public const int I2C_SMBUS_BLOCK_MAX = 32;

    public const ulong I2C_FUNC_SMBUS_READ_BYTE_DATA = 0x00080000;
    public const ulong I2C_FUNC_SMBUS_WRITE_BYTE_DATA = 0x00100000;
    public const ulong I2C_FUNC_SMBUS_READ_WORD_DATA = 0x00200000;
    public const ulong I2C_FUNC_SMBUS_WRITE_WORD_DATA = 0x00400000;
    public const ulong I2C_FUNC_SMBUS_READ_I2C_BLOCK = 0x04000000;
    public const ulong I2C_FUNC_SMBUS_WRITE_I2C_BLOCK = 0x08000000;
}

/// <summary>union i2c_smbus_data: a byte, a word in the processor's order, or a block whose first byte is its length.</summary>
[InlineArray(I2cNative.I2C_SMBUS_BLOCK_MAX + 2)]
internal struct i2c_smbus_data
{
    private byte first;
}

[StructLayout(LayoutKind.Sequential)]
internal unsafe struct i2c_smbus_ioctl_data
{
    public byte read_write;
    public byte command;
    public uint size;
    public i2c_smbus_data* data;
}

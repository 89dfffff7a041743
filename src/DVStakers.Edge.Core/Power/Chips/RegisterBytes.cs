using System.Buffers.Binary;

namespace DVStakers.Edge.Core.Power.Chips;

/// <summary>A stretch of registers that is read in one transfer.</summary>
public readonly record struct RegisterRead(byte Register, int Length);

/// <summary>What was read, in the order in which it came over the wire.</summary>
public sealed class RegisterBytes
{
    private readonly List<(byte Register, byte[] Bytes)> blocks = [];

    public void Add(byte register, byte[] bytes) => blocks.Add((register, bytes));

    /// <summary>Length bytes from this register on; where two transfers hold it, of the one that began there.</summary>
    public ReadOnlySpan<byte> Span(byte register, int length)
    {
        foreach (var (start, bytes) in blocks.OrderByDescending(b => b.Register))
            if (register >= start && register + length <= start + bytes.Length)
                return bytes.AsSpan(register - start, length);
        throw new ArgumentException($"register 0x{register:X2} is not in the plan", nameof(register));
    }

    public byte Byte(byte register) => Span(register, 1)[0];

    /// <summary>Most significant byte first: INA2xx, MAX170xx.</summary>
    public ushort Big(byte register) => BinaryPrimitives.ReadUInt16BigEndian(Span(register, 2));

    public short BigSigned(byte register) => BinaryPrimitives.ReadInt16BigEndian(Span(register, 2));

    /// <summary>Least significant byte first: the microcontrollers of the other HATs.</summary>
    public ushort Little(byte register) => BinaryPrimitives.ReadUInt16LittleEndian(Span(register, 2));

    public short LittleSigned(byte register) => BinaryPrimitives.ReadInt16LittleEndian(Span(register, 2));

    /// <summary>Every bit of everything is the same: a bus that hangs, or nobody there.</summary>
    public bool IsAll(byte value) => blocks.TrueForAll(b => !b.Bytes.AsSpan().ContainsAnyExcept(value));
}

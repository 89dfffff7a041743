namespace DVStakers.Edge.Core.Power.Chips;

/// <summary>
/// PiJuice, 0x14, little-endian. Each read ends with a checksum: 0xFF XOR all data bytes. 0x40 status: bits 5:4 the micro-USB input, 7:6 the 5 V GPIO input (0: not there);
/// 0x41 per cent; 0x49 battery mV; 0x4B battery mA, signed. Mains are gone when both inputs are 0. 0x62: seconds until it cuts the power.
/// </summary>
public sealed record PiJuice : Chip
{
    private const byte Status = 0x40;
    private const byte Charge = 0x41;
    private const byte Voltage = 0x49;
    private const byte Current = 0x4B;

    /// <summary>Registers overlap: 0x40 answers with its own two bytes, not with those of 0x41.</summary>
    public override IReadOnlyList<RegisterRead> Plan { get; } = [new(Status, 2), new(Charge, 2), new(Voltage, 3), new(Current, 3)];

    protected override PowerReading Meaning(RegisterBytes bytes)
    {
        foreach (var (register, length) in Plan)
            if (!IsWhole(bytes.Span(register, length)))
                return PowerReading.Nonsense($"the checksum of register 0x{register:X2} is wrong");
        var percent = bytes.Byte(Charge);
        if (percent > 100)
            return PowerReading.Nonsense($"a charge of {percent} %");
        var millivolts = bytes.Little(Voltage);
        if (millivolts is < 2000 or > 4600)
            return PowerReading.Nonsense($"a battery of {millivolts} mV");
        var status = bytes.Byte(Status);
        return new()
        {
            OnMains = (status & 0b1111_0000) != 0,
            ChargePercent = percent,
            Volts = millivolts / 1000.0,
            Amperes = bytes.LittleSigned(Current) / 1000.0,
        };
    }

    private static bool IsWhole(ReadOnlySpan<byte> data)
    {
        byte sum = 0xFF;
        foreach (var b in data[..^1])
            sum ^= b;
        return sum == data[^1];
    }
}

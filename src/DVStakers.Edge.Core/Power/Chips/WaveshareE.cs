namespace DVStakers.Edge.Core.Power.Chips;

/// <summary>
/// Waveshare UPS HAT (E), 0x2D, little-endian. 0x02: bit 5 mains present, bit 7 charging. 0x03: bits 0 and 1, its own chips answer it. 0x20 battery mV, 0x22 mA (signed, positive
/// charges), 0x24 per cent, 0x28 minutes to empty (only while discharging), 0x30 to 0x37 four cells in mV. Writing 0x55 to 0x01 cuts the power after about 30 s and cannot be taken back.
/// </summary>
public sealed record WaveshareE : Chip
{
    private const byte State = 0x02;
    private const byte Battery = 0x20;
    private const byte Cells = 0x30;

    /// <summary>The maker's floor for its own software.</summary>
    private const int FloorMillivolts = 3400;

    public override IReadOnlyList<RegisterRead> Plan { get; } = [new(State, 2), new(Battery, 12), new(Cells, 8)];

    protected override PowerReading Meaning(RegisterBytes bytes)
    {
        var links = bytes.Byte(0x03) & 0b11;
        if (links != 0b11)
            return PowerReading.Nonsense($"its own chips do not answer it (register 0x03 says {links:b2})");
        var percent = bytes.Little(0x24);
        if (percent > 100)
            return PowerReading.Nonsense($"a charge of {percent} %");
        Span<int> cells = [bytes.Little(0x30), bytes.Little(0x32), bytes.Little(0x34), bytes.Little(0x36)];
        foreach (var cell in cells)
            if (cell is < 2000 or > 4600)
                return PowerReading.Nonsense($"a cell of {cell} mV");
        var mains = (bytes.Byte(State) & 0x20) != 0;
        var lowest = Math.Min(Math.Min(cells[0], cells[1]), Math.Min(cells[2], cells[3]));
        var minutes = bytes.Little(0x28);
        return new()
        {
            OnMains = mains,
            ChargePercent = percent,
            Volts = bytes.Little(0x20) / 1000.0,
            Amperes = bytes.LittleSigned(0x22) / 1000.0,
            RunTimeLeft = !mains && minutes is > 0 and < 0xFFFF ? TimeSpan.FromMinutes(minutes) : null,
            Low = !mains && lowest < FloorMillivolts,
        };
    }
}

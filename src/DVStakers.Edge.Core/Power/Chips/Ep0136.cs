namespace DVStakers.Edge.Core.Power.Chips;

/// <summary>
/// 52Pi UPS Plus EP-0136, 0x17, little-endian. 0x05 battery mV, 0x07 USB-C mV, 0x09 micro-USB mV, 0x13 per cent. Mains are there when either input is over 4 V;
/// the battery current tells nothing of them. 0x18: seconds until it cuts the power.
/// </summary>
public sealed record Ep0136 : Chip
{
    private const int InputMillivolts = 4000;

    public override IReadOnlyList<RegisterRead> Plan { get; } = [new(0x05, 6), new(0x13, 2)];

    protected override PowerReading Meaning(RegisterBytes bytes)
    {
        var battery = bytes.Little(0x05);
        if (battery is < 2000 or > 4600)
            return PowerReading.Nonsense($"a battery of {battery} mV");
        var percent = bytes.Little(0x13);
        if (percent > 100)
            return PowerReading.Nonsense($"a charge of {percent} %");
        var (usbC, microUsb) = (bytes.Little(0x07), bytes.Little(0x09));
        if (usbC > 24_000 || microUsb > 24_000)
            return PowerReading.Nonsense($"inputs of {usbC} and {microUsb} mV");
        return new() { OnMains = usbC > InputMillivolts || microUsb > InputMillivolts, ChargePercent = percent, Volts = battery / 1000.0 };
    }
}

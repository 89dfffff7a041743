namespace DVStakers.Edge.Core.Power.Chips;

/// <summary>
/// Maxim MAX17040, 41, 43, 44, 48, 49 fuel gauges, big-endian words. Register 0x02: VCELL; 0x04: SOC in 1/256 per cent. It tells the battery alone: mains come over a
/// GPIO line. Its reset command (0xFE) is never sent: it would forget what it learnt.
/// </summary>
/// <param name="Microvolts">VCELL per bit. One cell: 78.125 (MAX17048), which for MAX17040 and 43 is the same as 1.25 mV for the upper twelve bits; two cells (41, 44, 49): 156.25.</param>
public sealed record MaxGauge(double Microvolts) : Chip
{
    private const byte Cell = 0x02;
    private const byte Charge = 0x04;

    /// <summary>A healthy gauge goes a little over 100.</summary>
    private const double MostPercent = 110;

    /// <summary>Under this a Geekworm board's own script shuts the box down, per cell.</summary>
    private const double FloorVolts = 3.20;

    public static readonly MaxGauge OneCell = new(78.125);
    public static readonly MaxGauge TwoCells = new(156.25);

    public override IReadOnlyList<RegisterRead> Plan { get; } = [new(Cell, 2), new(Charge, 2)];

    private double CellsInSeries => Microvolts / OneCell.Microvolts;

    protected override PowerReading Meaning(RegisterBytes bytes)
    {
        var (rawCell, rawCharge) = (bytes.Big(Cell), bytes.Big(Charge));
        if (rawCell == 0xFFFF || rawCharge == 0xFFFF)
            return PowerReading.Nonsense("a register reads 0xFFFF: the transfer broke off");
        return Of(rawCell * Microvolts / 1e6, rawCharge / 256.0);
    }

    /// <summary>max17040_battery shows both.</summary>
    public override PowerReading? OfDriver(double? volts, double? amperes, double? percent) => (volts, percent) is ({ } v, { } p) ? Of(v, p) : null;

    private PowerReading Of(double volts, double percent)
    {
        if (volts / CellsInSeries is < 2.0 or > 4.6)
            return PowerReading.Nonsense(FormattableString.Invariant($"{volts:0.00} V is not a voltage of this battery: is it the right model?"));
        if (percent > 2 * MostPercent)
            return PowerReading.Nonsense(FormattableString.Invariant($"a charge of {percent:0} %"));
        var isDouble = percent > MostPercent;
        return new()
        {
            Volts = volts,
            ReportsDouble = isDouble,
            ChargePercent = Math.Min(100, isDouble ? percent / 2 : percent),
            Low = volts / CellsInSeries < FloorVolts,
        };
    }
}

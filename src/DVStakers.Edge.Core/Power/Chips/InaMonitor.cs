namespace DVStakers.Edge.Core.Power.Chips;

/// <summary>
/// TI INA219 and INA226, big-endian words. Register 0x01: shunt voltage, signed; 0x02: bus voltage. The current is the shunt voltage over the resistor, so that
/// the calibration register (0x05), which a loss of power clears, is neither needed nor written. Such a chip cannot tell mains from battery but by the current's direction.
/// </summary>
/// <param name="ShuntMicrovolts">Per bit: INA219 10, INA226 2.5.</param>
/// <param name="BusMillivolts">Per bit: INA219 4, INA226 1.25.</param>
/// <param name="BusShift">INA219 3: bit 0 is the overflow flag, bit 1 "conversion ready". INA226 0.</param>
/// <param name="ShuntOhms">The resistor on the board.</param>
/// <param name="EmptyVolts">Of all cells in series, at 0 per cent.</param>
/// <param name="FullVolts">The same at 100 per cent.</param>
/// <param name="PositiveDischarges">How the resistor is put in: which direction is out of the battery.</param>
public sealed record InaMonitor(double ShuntMicrovolts, double BusMillivolts, int BusShift, double ShuntOhms, double EmptyVolts, double FullVolts, bool PositiveDischarges) : Chip
{
    private const byte Shunt = 0x01;
    private const byte Bus = 0x02;

    /// <summary>
    /// Over the resistor: more than the noise about zero of a battery that is full, and less than any board draws, be it 0.01 ohm (then it is 50 mA) or 0.1 (5 mA), for what the maker
    /// says of the resistor is not sure enough to miss an outage for.
    /// </summary>
    private const double DischargeVolts = 0.0005;

    public override IReadOnlyList<RegisterRead> Plan { get; } = [new(Shunt, 2), new(Bus, 2)];

    public static InaMonitor Ina219(double shuntOhms, double emptyVolts, double fullVolts, bool positiveDischarges) => new(10, 4, 3, shuntOhms, emptyVolts, fullVolts, positiveDischarges);

    public static InaMonitor Ina226(double shuntOhms, double emptyVolts, double fullVolts, bool positiveDischarges) => new(2.5, 1.25, 0, shuntOhms, emptyVolts, fullVolts, positiveDischarges);

    protected override PowerReading Meaning(RegisterBytes bytes) =>
        Of((bytes.Big(Bus) >> BusShift) * BusMillivolts / 1000, bytes.BigSigned(Shunt) * ShuntMicrovolts / 1e6 / ShuntOhms);

    /// <summary>ina2xx shows both, the current by the resistor that it was told of (10 milliohm, unless a device tree says another).</summary>
    public override PowerReading? OfDriver(double? volts, double? amperes, double? percent) => (volts, amperes) is ({ } v, { } a) ? Of(v, a) : null;

    private PowerReading Of(double volts, double amperes)
    {
        if (volts < EmptyVolts * 0.7 || volts > FullVolts * 1.15)
            return PowerReading.Nonsense(FormattableString.Invariant($"{volts:0.00} V is not a voltage of this battery ({EmptyVolts:0.0} to {FullVolts:0.0} V)"));
        var into = amperes * (PositiveDischarges ? -1 : 1);
        return new()
        {
            OnMains = into * ShuntOhms > -DischargeVolts,
            Volts = volts,
            Amperes = into,
            ChargePercent = Math.Clamp((volts - EmptyVolts) / (FullVolts - EmptyVolts) * 100, 0, 100),
        };
    }
}

namespace DVStakers.Edge.Core.Power.Chips;

/// <summary>A chip on I2C: which registers are read, and what they mean. Nothing is ever written to find something out.</summary>
public abstract record Chip
{
    public abstract IReadOnlyList<RegisterRead> Plan { get; }

    /// <summary>Pure. What cannot be is named, not guessed at.</summary>
    public PowerReading Parse(RegisterBytes bytes) =>
        bytes.IsAll(0xFF) ? PowerReading.Nonsense("every bit is one: the bus hangs, or this is not the chip")
        : bytes.IsAll(0x00) ? PowerReading.Nonsense("every bit is zero: the chip is without power, or this is not the chip")
        : Meaning(bytes);

    protected abstract PowerReading Meaning(RegisterBytes bytes);

    /// <summary>The same by the values of a kernel driver that owns the chip. Null: they do not suffice, or no kernel has a driver for it.</summary>
    /// <param name="amperes">As the driver signs it.</param>
    public virtual PowerReading? OfDriver(double? volts, double? amperes, double? percent) => null;
}

using DVStakers.Edge.Core.Power.Chips;

namespace DVStakers.Edge.Core.Power;

/// <summary>Where a reading comes from.</summary>
public enum PowerLink
{
    I2c,
    Contacts,
    Kernel,
    Nut,

    /// <summary>Nothing tells.</summary>
    None,
}

/// <summary>A line that says whether there are mains.</summary>
/// <param name="Line">Its name, as the kernel calls it.</param>
/// <param name="MainsWhenHigh">The polarity: it differs by family.</param>
public sealed record MainsLine(string Line, bool MainsWhenHigh);

/// <summary>How a UPS is told to take the power away. The very last thing that is done, and only where the configuration asks for it.</summary>
public abstract record PowerCut(string Meaning);

/// <param name="Register">Written once, with this value.</param>
public sealed record RegisterCut(byte Register, byte Value, string Meaning) : PowerCut(Meaning);

/// <param name="Line">High for so long, then low.</param>
public sealed record PulseCut(string Line, TimeSpan High, string Meaning) : PowerCut(Meaning);

/// <summary>A model of UPS, as data over a few drivers.</summary>
/// <param name="Name">As it is written in the configuration.</param>
/// <param name="Tells">What a person learns from it.</param>
public sealed record PowerModel(string Name, string Title, PowerLink Link, string Tells)
{
    public Chip? Chip { get; init; }

    /// <summary>The 7-bit address on I2C.</summary>
    public byte Address { get; init; }

    /// <summary>Others that a jumper allows.</summary>
    public IReadOnlyList<byte> OtherAddresses { get; init; } = [];

    /// <summary>Null: the chip itself tells.</summary>
    public MainsLine? Mains { get; init; }

    /// <summary>The chip alone does not tell mains, and no line is known: one must be configured.</summary>
    public bool NeedsMainsLine { get; init; }

    public PowerCut? Cut { get; init; }
}

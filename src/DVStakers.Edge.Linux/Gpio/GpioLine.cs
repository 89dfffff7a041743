using System.Globalization;

namespace DVStakers.Edge.Linux.Gpio;

/// <summary>One line of one chip, as a person names it. Numbers of chips change from boot to boot, labels do not.</summary>
/// <param name="Chip">The chip's label, such as <c>pinctrl-rp1</c> or <c>gpio4</c> (gpioinfo shows it in brackets).</param>
public sealed record GpioLine(string Chip)
{
    /// <summary>The line's name, such as <c>GPIO17</c>. Either this or <see cref="Offset"/>.</summary>
    public string? Name { get; init; }

    /// <summary>Its place on a chip that gives its lines no names.</summary>
    public uint? Offset { get; init; }

    public static GpioLine Named(string chip, string name) => new(chip) { Name = name };

    public static GpioLine At(string chip, uint offset) => new(chip) { Offset = offset };

    /// <summary>A name, or an offset where the text is a number.</summary>
    public static GpioLine Of(string chip, string nameOrOffset) =>
        uint.TryParse(nameOrOffset, NumberStyles.None, CultureInfo.InvariantCulture, out var offset) ? At(chip, offset) : Named(chip, nameOrOffset);

    public override string ToString() => $"{Chip}/{Name ?? Offset?.ToString(CultureInfo.InvariantCulture) ?? "?"}";
}

namespace DVStakers.Edge.Core.Chain;

/// <summary>A 32-byte hash as <c>0x</c> and 64 lower-case hexadecimal digits: a block root, a genesis validators root, an execution block hash.</summary>
public readonly record struct Root
{
    private readonly string? hex;

    private Root(string hex) => this.hex = hex;

    /// <summary>Reads 0x-prefixed hexadecimal of either case; anything else is false, never an exception.</summary>
    public static bool TryParse(string? text, out Root root)
    {
        root = default;
        if (text is not { Length: 66 } || text[0] != '0' || text[1] is not ('x' or 'X'))
            return false;
        foreach (var c in text.AsSpan(2))
            if (!char.IsAsciiHexDigit(c))
                return false;
        root = new Root(string.Create(66, text, static (span, t) =>
        {
            t.AsSpan().ToLowerInvariant(span);
        }));
        return true;
    }

    /// <summary>The root of 32 raw bytes, as SSZ carries it.</summary>
    public static Root FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == 32
            ? new Root("0x" + Convert.ToHexStringLower(bytes))
            : throw new ArgumentException($"A root has 32 bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>The first digits, for a screen or a log line.</summary>
    public string Short => ToString()[..10];

    public override string ToString() => hex ?? "0x0000000000000000000000000000000000000000000000000000000000000000";
}

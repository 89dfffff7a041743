using System.Buffers.Binary;

namespace DVStakers.Edge.Core.Chain;

/// <summary>A 32-byte hash: a block root, a genesis validators root, an execution block hash. Written as <c>0x</c> and 64 lower-case hexadecimal digits.</summary>
/// <remarks>Held as four numbers, so that comparing and keeping thousands of them costs no memory of their own.</remarks>
public readonly record struct Root
{
    private const int Length = 32;

    private readonly ulong a, b, c, d;

    private Root(ReadOnlySpan<byte> bytes)
    {
        a = BinaryPrimitives.ReadUInt64BigEndian(bytes);
        b = BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]);
        c = BinaryPrimitives.ReadUInt64BigEndian(bytes[16..]);
        d = BinaryPrimitives.ReadUInt64BigEndian(bytes[24..]);
    }

    /// <summary>Reads 0x-prefixed hexadecimal of either case; anything else is false, never an exception.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out Root root)
    {
        root = default;
        Span<byte> bytes = stackalloc byte[Length];
        if (text.Length != 2 + (2 * Length) || text[0] != '0' || text[1] is not ('x' or 'X')
            || Convert.FromHexString(text[2..], bytes, out _, out _) != System.Buffers.OperationStatus.Done)
            return false;
        root = new Root(bytes);
        return true;
    }

    /// <summary>The root of 32 raw bytes, as SSZ carries it.</summary>
    public static Root FromBytes(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length
            ? new Root(bytes)
            : throw new ArgumentException($"A root has 32 bytes, not {bytes.Length}.", nameof(bytes));

    /// <summary>The first digits, for a screen or a log line.</summary>
    public string Short => ToString()[..10];

    public override string ToString() => $"0x{a:x16}{b:x16}{c:x16}{d:x16}";
}

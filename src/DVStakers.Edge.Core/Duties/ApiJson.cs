using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Duties;

/// <summary>Values as the Beacon API writes them: numbers as decimal strings, bytes as 0x and hexadecimal.</summary>
internal static class ApiJson
{
    /// <summary>Runs a reader over JSON; anything that is not as described becomes one kind of exception.</summary>
    /// <exception cref="FormatException">It is not JSON, or not of that shape.</exception>
    public static T Read<T>(ReadOnlySpan<byte> body, Func<JsonElement, T> read)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            using var json = JsonDocument.ParseValue(ref reader);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or OverflowException or ArgumentException)
        {
            throw new FormatException(e.Message, e);
        }
    }

    public static JsonElement Member(this JsonElement parent, string name) =>
        parent.ValueKind != JsonValueKind.Object ? throw new FormatException($"a {parent.ValueKind} stands where an object with {name} should")
        : parent.TryGetProperty(name, out var member) ? member : throw new FormatException($"{name} is missing");

    public static ulong Number(this JsonElement parent, string name) => Number(parent.Member(name));

    public static ulong Number(JsonElement element) =>
        ulong.TryParse(element.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var value) ? value : throw new FormatException($"'{element}' is not a number");

    public static Root Root(this JsonElement parent, string name) =>
        Chain.Root.TryParse(parent.Member(name).GetString(), out var root) ? root : throw new FormatException($"{name} is not a root of 32 bytes");

    public static byte[] Bytes(this JsonElement parent, string name)
    {
        var text = parent.Member(name).GetString() ?? "";
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? Convert.FromHexString(text.AsSpan(2)) : throw new FormatException($"{name} does not begin with 0x");
    }

    /// <summary>Bits and their number.</summary>
    public static (byte[] Bits, int Length) Bitlist(this JsonElement parent, string name)
    {
        var bytes = parent.Bytes(name);
        return Duties.Bits.ListLength(bytes) is >= 0 and var length ? (bytes, length) : throw new FormatException($"{name} has no end mark");
    }

    public static ulong Uint64(ReadOnlySpan<byte> ssz, int at) => BinaryPrimitives.ReadUInt64LittleEndian(ssz[at..]);
}

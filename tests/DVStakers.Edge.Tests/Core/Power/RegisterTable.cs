using System.Globalization;
using System.Runtime.CompilerServices;
using DVStakers.Edge.Core.Power.Chips;

namespace DVStakers.Edge.Tests.Core.Power;

/// <summary>A simulated chip in one state: bytes at register addresses, of a file in tests/registers, which the hardware lab reads too.</summary>
public sealed record RegisterTable(string Model, byte Address, string State, IReadOnlyDictionary<byte, byte[]> Registers, string Expected)
{
    public static IEnumerable<RegisterTable> All([CallerFilePath] string here = "") =>
        Directory.EnumerateFiles(Path.Combine(Path.GetDirectoryName(here)!, "../../../registers"), "*.txt").Order(StringComparer.Ordinal).SelectMany(Read);

    public static RegisterTable Of(string model, string state) => All().Single(t => t.Model == model && t.State == state);

    /// <summary>What the chip answers to its driver's plan.</summary>
    public RegisterBytes Answer(Chip chip)
    {
        var bytes = new RegisterBytes();
        foreach (var (register, length) in chip.Plan)
        {
            Assert.True(Registers.TryGetValue(register, out var known) && known.Length == length, $"{Model}, {State}: no transfer of {length} from 0x{register:x2}");
            bytes.Add(register, known);
        }
        return bytes;
    }

    public override string ToString() => $"{Model}, {State}";

    private static IEnumerable<RegisterTable> Read(string file)
    {
        // Models that differ by nothing in their registers share a file.
        string[] models = [];
        byte address = 0;
        RegisterTable? table = null;
        foreach (var line in File.ReadLines(file).Where(l => l.Length > 0 && l[0] != '#'))
        {
            var words = line.Split(' ');
            switch (words[0])
            {
                case "model":
                    models = words[1..];
                    break;
                case "address":
                    address = byte.Parse(words[1].AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    break;
                case "state":
                    table = new("", address, words[1], new Dictionary<byte, byte[]>(), "");
                    break;
                case "expect":
                    foreach (var model in models)
                        yield return table! with { Model = model, Expected = line["expect ".Length..] };
                    break;
                default:
                    var register = byte.Parse(words[0].TrimEnd(':'), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
                    var bytes = words[1..].Select(b => byte.Parse(b, NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToArray();
                    table = table! with { Registers = new Dictionary<byte, byte[]>(table.Registers) { [register] = bytes } };
                    break;
            }
        }
    }
}

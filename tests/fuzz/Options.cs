using System.Globalization;

namespace DVStakers.Edge.Fuzz;

/// <summary>What a run is asked for. The same options give the same inputs.</summary>
/// <param name="Inputs">Of all targets together.</param>
/// <param name="Save">Where inputs with a new outcome are written; null: nowhere.</param>
/// <param name="Failures">Where inputs that break a rule are written.</param>
internal sealed record Options(long Inputs, int Seed, string Target, int Workers, string Corpus, string? Save, string Failures)
{
    /// <summary>Null where the arguments make no sense, which is said.</summary>
    public static Options? Parse(string[] args)
    {
        var options = new Options(200_000, 1, "all", 2, "tests/fuzz/corpus", null, "artifacts/fuzz");
        for (var i = 0; i < args.Length; i += 2)
        {
            if (i + 1 == args.Length)
                return No($"{args[i]} needs a value");
            var value = args[i + 1];
            switch (args[i])
            {
                case "--inputs" when long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var inputs) && inputs > 0:
                    options = options with { Inputs = inputs };
                    break;
                case "--seed" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed):
                    options = options with { Seed = seed };
                    break;
                case "--workers" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var workers) && workers is > 0 and <= 64:
                    options = options with { Workers = workers };
                    break;
                case "--target" when value is "decoder" or "gateway" or "all":
                    options = options with { Target = value };
                    break;
                case "--corpus":
                    options = options with { Corpus = value };
                    break;
                case "--save":
                    options = options with { Save = value };
                    break;
                case "--failures":
                    options = options with { Failures = value };
                    break;
                default:
                    return No($"{args[i]} {value} makes no sense");
            }
        }
        return options;

        static Options? No(string why)
        {
            Console.Error.WriteLine(why + "; tests/fuzz/run.sh --help");
            return null;
        }
    }
}

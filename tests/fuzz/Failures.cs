using System.Text;

namespace DVStakers.Edge.Fuzz;

/// <summary>A rule that did not hold.</summary>
internal sealed class RuleBrokenException(string rule) : Exception(rule);

/// <summary>Inputs that broke a rule: named, and kept as files that can become part of the corpus.</summary>
internal sealed class Failures(string folder)
{
    /// <summary>The same fault comes again and again.</summary>
    private const int MostNamed = 10;

    private readonly Lock gate = new();
    private readonly HashSet<string> named = [];
    private long count;

    public long Count => Interlocked.Read(ref count);

    public void Add(string target, long number, string rule, ReadOnlySpan<byte> input)
    {
        var total = Interlocked.Increment(ref count);
        lock (gate)
        {
            if (named.Count >= MostNamed || !named.Add(Corpus.Shape(rule)))
                return;
            Directory.CreateDirectory(folder);
            var file = Path.Combine(folder, $"{target}-{total}.bin");
            File.WriteAllBytes(file, input);
            Console.Error.WriteLine($"FAILURE of {target} at input {number}: {rule}\n  {file}: {Encoding.Latin1.GetString(input[..Math.Min(input.Length, 400)]).ReplaceLineEndings("\\n")}");
        }
    }
}

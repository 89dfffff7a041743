namespace DVStakers.Edge.Fuzz;

/// <summary>
/// One worker's inputs to begin from: the files, and whatever had an outcome that was not seen before. So what leads further in is changed further; and because
/// each worker has its own, a run can be repeated.
/// </summary>
internal sealed class Corpus(IReadOnlyList<byte[]> files, string? save)
{
    /// <summary>Beyond this, and for larger inputs, outcomes are counted only.</summary>
    private const int MostKept = 1000;
    private const int LargestKept = 8 * 1024;

    private readonly List<byte[]> seeds = [.. files];
    private readonly Dictionary<string, long> outcomes = [];

    public IReadOnlyDictionary<string, long> Outcomes => outcomes;

    /// <summary>Seldom a large one: they take the time of many.</summary>
    public byte[] Pick(Random random)
    {
        var picked = seeds[random.Next(seeds.Count)];
        return picked.Length > LargestKept && random.Next(16) > 0 ? seeds[random.Next(seeds.Count)] : picked;
    }

    public void Saw(string outcome, byte[] input)
    {
        var before = outcomes.GetValueOrDefault(outcome);
        outcomes[outcome] = before + 1;
        if (before > 0 || input.Length > LargestKept || seeds.Count >= files.Count + MostKept)
            return;
        seeds.Add(input);
        if (save is not null)
            File.WriteAllBytes(Path.Combine(save, $"{string.Concat(outcome.Take(60).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'))}-{seeds.Count}.bin"), input);
    }

    /// <summary>An outcome without what differs from input to input.</summary>
    public static string Shape(string words)
    {
        Span<char> shape = stackalloc char[80];
        var length = 0;
        foreach (var c in words)
        {
            var kept = char.IsAsciiDigit(c) ? '#' : char.IsAscii(c) && !char.IsControl(c) ? c : '?';
            if (kept == '#' && length > 0 && shape[length - 1] == '#')
                continue;
            if (length == shape.Length)
                break;
            shape[length++] = kept;
        }
        return new string(shape[..length]);
    }
}

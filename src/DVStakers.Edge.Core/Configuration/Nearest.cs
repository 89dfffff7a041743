namespace DVStakers.Edge.Core.Configuration;

/// <summary>The right name that a wrong one was probably meant to be.</summary>
public static class Nearest
{
    /// <summary>The candidate with the fewest edits; null when even that one is a different word (more than a third of its letters).</summary>
    public static string? To(string wrong, IEnumerable<string> candidates) => candidates
        .Select(c => (Name: c, Edits: Distance(Fold(wrong), Fold(c))))
        .Where(c => c.Edits <= Math.Max(1, c.Name.Length / 3))
        .OrderBy(c => c.Edits).ThenBy(c => c.Name, StringComparer.Ordinal)
        .Select(c => c.Name).FirstOrDefault();

    // beacon_node and beaconNode are the likeliest slips, so they cost nothing.
    private static string Fold(string name) =>
        name.Replace("_", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal).ToUpperInvariant();

    /// <summary>Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours.</summary>
    public static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            d[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            d[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var change = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j] + 1, d[i, j - 1] + 1), d[i - 1, j - 1] + change);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        return d[a.Length, b.Length];
    }
}

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>A path with <c>{placeholders}</c>, each of which stands for one segment.</summary>
internal sealed class RoutePattern(string pattern)
{
    public string Template { get; } = pattern;

    private readonly string[] segments = pattern.Split('/');

    /// <summary>The placeholders' values in order; null where the path is another one.</summary>
    public string[]? Match(string path)
    {
        var given = path.Split('/');
        if (given.Length != segments.Length)
            return null;
        var values = new List<string>();
        for (var i = 0; i < segments.Length; i++)
        {
            if (segments[i].StartsWith('{'))
                values.Add(given[i]);
            else if (segments[i] != given[i])
                return null;
        }
        return [.. values];
    }
}

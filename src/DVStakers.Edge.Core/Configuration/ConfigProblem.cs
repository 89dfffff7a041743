namespace DVStakers.Edge.Core.Configuration;

/// <summary>Something in the configuration that a person should change.</summary>
/// <param name="Where"><c>file:line:column</c>, or an environment variable's name.</param>
/// <param name="Text">What is wrong, and what is allowed.</param>
/// <param name="IsWarning">True: the agent starts nevertheless.</param>
public sealed record ConfigProblem(string Where, string Text, bool IsWarning = false)
{
    public override string ToString() => $"{Where}: {(IsWarning ? "warning" : "error")}: {Text}";
}

/// <summary>What came of reading a configuration.</summary>
/// <param name="Config">Null when one of the problems is an error.</param>
/// <param name="Problems">All of them, in the order of reading.</param>
/// <param name="Origins">Where each value came from, by its path (<c>stacks[0].name</c>); values left at their default are not in it.</param>
public sealed record ConfigResult(EdgeConfig? Config, IReadOnlyList<ConfigProblem> Problems, IReadOnlyDictionary<string, string> Origins);

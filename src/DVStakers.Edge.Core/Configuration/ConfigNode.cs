namespace DVStakers.Edge.Core.Configuration;

/// <summary>A piece of configuration as written, before it means anything.</summary>
/// <param name="Where">The place a person must go to change it: <c>file:line:column</c>, or an environment variable's name.</param>
public abstract record ConfigNode(string Where);

/// <summary>One value. <paramref name="IsNull"/>: written as nothing, <c>~</c> or <c>null</c>.</summary>
public sealed record ConfigScalar(string Where, string Text, bool IsNull = false) : ConfigNode(Where);

/// <summary>Names and values, in the order written.</summary>
public sealed record ConfigMap(string Where, IReadOnlyList<ConfigEntry> Entries) : ConfigNode(Where)
{
    public ConfigEntry? Find(string name) => Entries.FirstOrDefault(e => e.Name == name);
}

/// <summary>Values, in the order written.</summary>
public sealed record ConfigList(string Where, IReadOnlyList<ConfigNode> Items) : ConfigNode(Where);

/// <param name="Where">The place of the name, not of the value.</param>
public sealed record ConfigEntry(string Name, string Where, ConfigNode Value);

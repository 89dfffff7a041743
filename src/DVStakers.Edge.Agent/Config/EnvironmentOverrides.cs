using System.Globalization;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Agent.Config;

/// <summary>
/// Lays <c>EDGE_...</c> variables over what the file says: <c>EDGE_MQTT_PORT</c> is <c>mqtt.port</c>, <c>EDGE_STACKS_0_NAME</c> the name of the first stack.
/// An empty variable counts as not set, as container files write it.
/// </summary>
internal static class EnvironmentOverrides
{
    public const string Prefix = "EDGE_";

    public static (ConfigMap Root, IReadOnlyList<ConfigProblem> Problems) Apply(ConfigMap root, IReadOnlyDictionary<string, string> environment)
    {
        var problems = new List<ConfigProblem>();
        var known = new List<(string Variable, string Value, ConfigKeyDescription Key, int Index)>();
        foreach (var (variable, value) in environment.Where(v => v.Key.StartsWith(Prefix, StringComparison.Ordinal)).OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            var (general, index) = Generalise(variable);
            if (ConfigKeys.All.FirstOrDefault(k => k.EnvironmentName == general) is not { } key)
                problems.Add(new(variable, "no such setting; " + Advice(general, index)));
            else if (value.Length > 0)
                known.Add((variable, value, key, index));
        }
        // By index, so that EDGE_STACKS_0_... has made its item before EDGE_STACKS_1_... needs the next.
        foreach (var (variable, value, key, index) in known.OrderBy(k => k.Index))
        {
            var scalar = new ConfigScalar(variable, value);
            if (key.Path.Split("[].") is [var list, var name])
                root = WithItem(root, list, index, name, scalar, problems);
            else
                root = With(root, key.Path.Split('.'), scalar);
        }
        return (root, problems);
    }

    /// <summary>The name with a number between underscores replaced by N, and the number; -1 where there is none.</summary>
    private static (string General, int Index) Generalise(string variable)
    {
        var parts = variable.Split('_');
        for (var i = 2; i < parts.Length - 1; i++)
            if (int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out var index))
            {
                parts[i] = "N";
                return (string.Join('_', parts), index);
            }
        return (variable, -1);
    }

    private static string Advice(string general, int index)
    {
        var near = Nearest.To(general[Prefix.Length..], ConfigKeys.All.Select(k => k.EnvironmentName[Prefix.Length..]));
        return near is null
            ? "docs/configuration.md lists them all"
            : $"did you mean {Prefix}{near.Replace("_N_", $"_{Math.Max(index, 0)}_", StringComparison.Ordinal)}?";
    }

    private static ConfigMap WithItem(ConfigMap root, string list, int index, string name, ConfigScalar value, List<ConfigProblem> problems)
    {
        IReadOnlyList<ConfigNode> items;
        var path = list.Split('.');
        switch (Find(root, path))
        {
            case null or ConfigScalar { IsNull: true }:
                items = [];
                break;
            case ConfigList written:
                items = written.Items;
                break;
            default:
                // The file's value is wrong; the reader says so, at its place.
                return root;
        }
        if (index > items.Count)
        {
            problems.Add(new(value.Where, $"there is no {list} item {index - 1} yet, so item {index} cannot follow; the next index is {items.Count}"));
            return root;
        }
        var item = index < items.Count ? items[index] as ConfigMap : new ConfigMap(value.Where, []);
        if (item is null)
            return root;
        item = With(item, [name], value);
        return With(root, path, new ConfigList(value.Where, [.. items.Take(index), item, .. items.Skip(index + 1)]));
    }

    private static ConfigNode? Find(ConfigMap map, ReadOnlySpan<string> path)
    {
        var value = map.Find(path[0])?.Value;
        return path.Length == 1 || value is not ConfigMap inner ? value : Find(inner, path[1..]);
    }

    private static ConfigMap With(ConfigMap map, ReadOnlySpan<string> path, ConfigNode value)
    {
        var entry = map.Find(path[0]);
        if (path.Length > 1)
        {
            if (entry?.Value is not (null or ConfigMap or ConfigScalar { IsNull: true }))
                return map;
            value = With(entry?.Value as ConfigMap ?? new ConfigMap(value.Where, []), path[1..], value);
        }
        var replaced = new ConfigEntry(path[0], value.Where, value);
        return entry is null
            ? map with { Entries = [.. map.Entries, replaced] }
            : map with { Entries = [.. map.Entries.Select(e => ReferenceEquals(e, entry) ? replaced : e)] };
    }
}

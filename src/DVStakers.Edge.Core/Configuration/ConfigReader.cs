namespace DVStakers.Edge.Core.Configuration;

/// <summary>
/// Makes the configuration of a tree of nodes, and finds every error on the way, not only the first:
/// 1. each name is looked up in the table of keys; 2. each value is read by its key; 3. the rules that span several keys are checked.
/// </summary>
public sealed class ConfigReader
{
    private readonly List<ConfigProblem> problems = [];
    private readonly Dictionary<string, string> origins = [];

    private ConfigReader()
    {
    }

    /// <param name="defaults">What holds where nothing is written.</param>
    /// <param name="rules">What else is checked of the whole, with the places of its values; given even a configuration that has errors, so that all come at once.</param>
    public static ConfigResult Read(ConfigMap root, EdgeConfig defaults, params IReadOnlyList<Func<EdgeConfig, IReadOnlyDictionary<string, string>, IEnumerable<ConfigProblem>>> rules)
    {
        var reader = new ConfigReader();
        var config = reader.Section(root, "", "", defaults, ConfigKeys.Top, ConfigKeys.Sections, [ConfigKeys.Stacks, PanelKeys.Leds]);
        if (root.Find(ConfigKeys.Stacks) is { } stacks)
            config = config with { Stacks = reader.Items(stacks, ConfigKeys.Stacks, ConfigKeys.BlankStack, ConfigKeys.Stack) };
        if ((root.Find(PanelKeys.Section)?.Value as ConfigMap)?.Find(PanelKeys.LedsName) is { } leds)
            config = config with { Panel = PanelKeys.Of(config) with { Leds = reader.Items(leds, PanelKeys.Leds, new LedConfig(), PanelKeys.Led) } };
        foreach (var check in rules)
            reader.problems.AddRange(check(config, reader.origins));
        return new(reader.problems.TrueForAll(p => p.IsWarning) ? config : null, reader.problems, reader.origins);
    }

    /// <summary>Reads the keys of another file that is made of the same kind of tables.</summary>
    /// <param name="lists">Paths that the caller reads.</param>
    internal static (T Value, IReadOnlyList<ConfigProblem> Problems, IReadOnlyDictionary<string, string> Origins) ReadGroup<T>(ConfigMap root, T defaults,
        IReadOnlyList<ConfigKey<T>> keys, IReadOnlyList<ConfigSection<T>> sections, IReadOnlyList<string> lists) where T : class
    {
        var reader = new ConfigReader();
        return (reader.Section(root, "", "", defaults, keys, sections, lists), reader.problems, reader.origins);
    }

    /// <param name="at">Path of the section's type from the root, such as <c>stacks[0].</c>, for <see cref="ConfigResult.Origins"/>.</param>
    /// <param name="prefix">Path of this mapping from the section's type, such as <c>mqtt.</c>.</param>
    /// <param name="lists">Paths that somebody else reads.</param>
    private T Section<T>(ConfigMap map, string at, string prefix, T value,
        IReadOnlyList<ConfigKey<T>> keys, IReadOnlyList<ConfigSection<T>> sections, IReadOnlyList<string> lists) where T : class
    {
        foreach (var entry in map.Entries)
        {
            var path = prefix + entry.Name;
            if (map.Find(entry.Name) is { } first && !ReferenceEquals(first, entry))
                Error(entry.Where, $"'{path}' is written twice; the first is at {first.Where}");
            else if (keys.FirstOrDefault(k => k.Path == path) is { } key)
                value = Scalar(entry, at, key, value);
            else if (sections.FirstOrDefault(s => s.Path == path) is { } section)
                value = Enter(entry, at, section, value, keys, sections, lists);
            else if (!lists.Contains(path))
                Unknown(entry, prefix, keys.Select(k => k.Path).Concat(sections.Select(s => s.Path)).Concat(lists));
        }
        return value;
    }

    private T Enter<T>(ConfigEntry entry, string at, ConfigSection<T> section, T value,
        IReadOnlyList<ConfigKey<T>> keys, IReadOnlyList<ConfigSection<T>> sections, IReadOnlyList<string> lists) where T : class
    {
        switch (entry.Value)
        {
            case ConfigMap inner:
                return Section(inner, at, section.Path + ".", section.Enter(value), keys, sections, lists);
            case ConfigScalar { IsNull: true }:
                if (section.WhenEmpty is { } remark)
                    problems.Add(new(entry.Where, remark, IsWarning: true));
                return value;
            default:
                Error(entry.Value.Where, $"'{section.Path}' is a group of keys, not {Kind(entry.Value)}");
                return value;
        }
    }

    private T Scalar<T>(ConfigEntry entry, string at, ConfigKey<T> key, T value) where T : class
    {
        if (entry.Value is not ConfigScalar scalar)
        {
            Error(entry.Value.Where, $"'{at}{key.Path}' is {Kind(entry.Value)}; allowed is {key.Allowed}");
            return value;
        }
        if (scalar.IsNull && !key.Required)
            return value;
        origins[at + key.Path] = scalar.Where;
        if (key.Read(value, scalar.Text) is { } taken)
            return taken;
        var meant = key.Choices is { } choices && Nearest.To(scalar.Text, choices) is { } near ? $"; did you mean '{near}'?" : "";
        Error(scalar.Where, $"'{at}{key.Path}' is {Quote(scalar)}; allowed is {key.Allowed}{meant}");
        return value;
    }

    private List<T> Items<T>(ConfigEntry entry, string name, T blank, IReadOnlyList<ConfigKey<T>> keys) where T : class
    {
        var items = new List<T>();
        if (entry.Value is ConfigScalar { IsNull: true })
            return items;
        if (entry.Value is not ConfigList list)
        {
            Error(entry.Value.Where, $"'{name}' is {Kind(entry.Value)}; allowed is a list, each item starting with '- '");
            return items;
        }
        foreach (var node in list.Items)
        {
            var at = $"{name}[{items.Count}]";
            origins[at] = node.Where;
            items.Add(blank);
            if (node is not ConfigMap map)
            {
                Error(node.Where, $"'{at}' is {Kind(node)}; allowed is a group of keys: {string.Join(", ", keys.Select(k => k.Path))}");
                continue;
            }
            items[^1] = Section(map, at + ".", "", blank, keys, [], []);
            foreach (var key in keys.Where(k => k.Required && map.Find(k.Path) is null))
                Error(node.Where, $"'{at}' has no {key.Path}; it must be {key.Allowed}");
        }
        return items;
    }

    private void Unknown(ConfigEntry entry, string prefix, IEnumerable<string> paths)
    {
        var all = paths.ToList();
        var siblings = all.Where(p => p.StartsWith(prefix, StringComparison.Ordinal)).Select(p => p[prefix.Length..]).Where(p => !p.Contains('.', StringComparison.Ordinal)).ToList();
        var elsewhere = all.FirstOrDefault(p => p.EndsWith("." + entry.Name, StringComparison.Ordinal));
        var advice = Nearest.To(entry.Name, siblings) is { } near ? $"did you mean '{near}'?"
            : $"known here: {string.Join(", ", siblings)}{(elsewhere is not null ? $"; or did you mean '{elsewhere}', in another group?" : "")}";
        Error(entry.Where, $"unknown key '{prefix}{entry.Name}'; {advice}");
    }

    private void Error(string where, string text) => problems.Add(new(where, text));

    private static string Kind(ConfigNode node) => node switch
    {
        ConfigMap => "a group of keys",
        ConfigList => "a list",
        ConfigScalar { IsNull: true } => "empty",
        ConfigScalar scalar => Quote(scalar),
        _ => "something else",
    };

    // A mistyped URL may hold a password, and errors end up in the journal.
    private static string Quote(ConfigScalar scalar) => scalar.IsNull ? "empty"
        : scalar.Text.LastIndexOf('@') is var at and >= 0 ? $"\"...{scalar.Text[at..]}\""
        : $"\"{scalar.Text}\"";
}

using DVStakers.Edge.Core.Configuration;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace DVStakers.Edge.Agent.Config;

/// <summary>Reads YAML event by event into nodes that know their line and column. Anchors, aliases and tags are refused: a configuration that one reads from top to bottom has no hidden parts.</summary>
internal sealed class YamlTree
{
    // Deep enough for every key there is, and shallow enough that no file can exhaust the stack.
    private const int MaxDepth = 16;

    private readonly string file;
    private readonly Parser parser;
    private readonly List<ConfigProblem> problems = [];

    private YamlTree(string file, TextReader text)
    {
        this.file = file;
        parser = new Parser(text);
    }

    /// <param name="file">The name to show in places.</param>
    public static (ConfigMap Root, IReadOnlyList<ConfigProblem> Problems) Read(string file, TextReader text)
    {
        var tree = new YamlTree(file, text);
        var root = new ConfigMap(file, []);
        try
        {
            root = tree.Document() ?? root;
        }
        catch (YamlException e)
        {
            tree.problems.Add(new(tree.Where(e.Start), $"this is not YAML: {e.Message}"));
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or FormatException or IndexOutOfRangeException or NullReferenceException)
        {
            // The scanner trips over some texts that are far from YAML; whoever wrote them still learns where.
            tree.problems.Add(new(tree.Where(tree.parser.Current?.End ?? Mark.Empty), $"this is not YAML: it cannot be read from here on ({e.Message})"));
        }
        return (root, tree.problems);
    }

    private ConfigMap? Document()
    {
        Next<StreamStart>();
        if (!parser.MoveNext() || parser.Current is not DocumentStart)
            return null;
        parser.MoveNext();
        var start = parser.Current!.Start;
        var node = Node(0);
        Next<DocumentEnd>();
        if (parser.MoveNext() && parser.Current is DocumentStart second)
            problems.Add(new(Where(second.Start), "a second YAML document ('---'); only one is read, so put everything into the first"));
        switch (node)
        {
            case ConfigMap map:
                return map;
            case ConfigScalar { IsNull: true }:
                return null;
            default:
                problems.Add(new(Where(start), "the file must consist of 'key: value' lines, such as 'cluster: home'"));
                return null;
        }
    }

    /// <summary>Reads the node whose first event is current; leaves its last event current.</summary>
    private ConfigNode Node(int depth)
    {
        var current = parser.Current!;
        var where = Where(current.Start);
        if (depth > MaxDepth)
            throw new YamlException(current.Start, current.End, $"more than {MaxDepth} levels deep");
        if (current is NodeEvent node && !node.Anchor.IsEmpty)
            problems.Add(new(where, $"an anchor (&{node.Anchor.Value}) is not taken here; write the value where it is needed"));
        if (current is NodeEvent { Tag: { IsEmpty: false, IsNonSpecific: false } tag })
            problems.Add(new(where, $"a tag ({tag.Value}) is not taken here; write the plain value"));
        switch (current)
        {
            case Scalar scalar:
                return new ConfigScalar(where, scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Value is "" or "~" or "null" or "Null" or "NULL");
            case AnchorAlias alias:
                problems.Add(new(where, $"an alias (*{alias.Value.Value}) is not taken here; write the value itself"));
                return new ConfigScalar(where, "", IsNull: true);
            case SequenceStart:
                var items = new List<ConfigNode>();
                while (parser.MoveNext() && parser.Current is not SequenceEnd)
                    items.Add(Node(depth + 1));
                return new ConfigList(where, items);
            case MappingStart:
                return Mapping(where, depth);
            default:
                throw new YamlException(current.Start, current.End, $"unexpected {current.GetType().Name}");
        }
    }

    private ConfigMap Mapping(string where, int depth)
    {
        var entries = new List<ConfigEntry>();
        while (parser.MoveNext() && parser.Current is not MappingEnd)
        {
            var nameAt = Where(parser.Current!.Start);
            var name = Node(depth + 1) as ConfigScalar;
            if (name is null)
                problems.Add(new(nameAt, "a key must be a plain name"));
            parser.MoveNext();
            var value = Node(depth + 1);
            if (name is not null)
                entries.Add(new(name.Text, nameAt, value));
        }
        return new ConfigMap(where, entries);
    }

    private void Next<T>() where T : ParsingEvent
    {
        if (!parser.MoveNext() || parser.Current is not T)
            throw new YamlException(parser.Current?.Start ?? Mark.Empty, parser.Current?.End ?? Mark.Empty, $"expected {typeof(T).Name}");
    }

    private string Where(Mark mark) => $"{file}:{mark.Line}:{mark.Column}";
}

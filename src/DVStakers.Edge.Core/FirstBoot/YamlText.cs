using System.Globalization;
using System.Text;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.FirstBoot;

/// <summary>A tree of configuration as YAML that reads back as the same tree.</summary>
internal static class YamlText
{
    public static string Of(ConfigMap map)
    {
        var text = new StringBuilder();
        Entries(text, map, 0);
        return text.ToString();
    }

    private static void Entries(StringBuilder text, ConfigMap map, int depth)
    {
        foreach (var entry in map.Entries)
        {
            Indent(text, depth).Append(Scalar(entry.Name)).Append(':');
            Value(text, entry.Value, depth);
        }
    }

    private static void Value(StringBuilder text, ConfigNode node, int depth)
    {
        switch (node)
        {
            case ConfigMap { Entries.Count: > 0 } map:
                text.Append('\n');
                Entries(text, map, depth + 1);
                break;
            case ConfigMap:
                text.Append(" {}\n");
                break;
            case ConfigList { Items.Count: > 0 } list:
                text.Append('\n');
                foreach (var item in list.Items)
                {
                    // The dash alone: what follows is further in, whatever it is.
                    Indent(text, depth + 1).Append('-');
                    Value(text, item, depth + 1);
                }
                break;
            case ConfigList:
                text.Append(" []\n");
                break;
            case ConfigScalar { IsNull: true }:
                text.Append(" null\n");
                break;
            case ConfigScalar scalar:
                text.Append(' ').Append(Scalar(scalar.Text)).Append('\n');
                break;
        }
    }

    private static StringBuilder Indent(StringBuilder text, int depth) => text.Append(' ', 2 * depth);

    private static string Scalar(string text)
    {
        if (text.Length > 0 && (char.IsAsciiLetterOrDigit(text[0]) || text[0] == '/') && text[^1] != ':' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '/' or ':' or '@')
            && !text.Equals("null", StringComparison.OrdinalIgnoreCase))
            return text;
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
            quoted.Append(c switch
            {
                '"' => "\\\"",
                '\\' => "\\\\",
                '\n' => "\\n",
                < ' ' or '\u007f' or '\u0085' or '\u2028' or '\u2029' or '\ufeff' => string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => c.ToString(),
            });
        return quoted.Append('"').ToString();
    }
}

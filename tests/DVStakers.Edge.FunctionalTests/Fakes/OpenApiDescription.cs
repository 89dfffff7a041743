using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>An OpenAPI description in YAML files, as far as an answer can be held against it: status, headers, and the JSON body's schema.</summary>
internal sealed class OpenApiDescription
{
    /// <summary>Say nothing of what is valid. Any other keyword that is not walked is an error: a check must not be blind unnoticed.</summary>
    private static readonly HashSet<string> Annotations = ["description", "example", "examples", "title", "format", "deprecated", "default", "summary", "discriminator"];

    private readonly Dictionary<string, YamlMappingNode> files = [];
    private readonly string root;

    /// <param name="file">Path of the root document.</param>
    public OpenApiDescription(string file)
    {
        root = Path.GetFullPath(file);
        Operations = [.. Mapping(File(root), "paths").Children.SelectMany(path => Resolve(new Place(root, path.Value)) is var item
            ? ((YamlMappingNode)item.Node).Children.Select(o => (Text(o.Key).ToUpperInvariant(), Text(path.Key))) : [])];
    }

    public IReadOnlyList<(string Method, string Path)> Operations { get; }

    /// <summary>What is wrong with an answer to this operation; empty where nothing is.</summary>
    public IReadOnlyList<string> Complaints(string method, string path, int status, IReadOnlySet<string> headers, string body)
    {
        var operation = Child(Resolve(Child(new Place(root, Mapping(File(root), "paths")), path)!.Value), method.ToLowerInvariant())!.Value;
        if (Child(Child(operation, "responses")!.Value, $"{status}") is not { } named)
            return [$"status {status} is not in the description"];
        var response = Resolve(named);
        List<string> complaints = [];
        if (Child(response, "headers") is { } listed)
            foreach (var (name, header) in ((YamlMappingNode)listed.Node).Children)
                if (Child(Resolve(new Place(listed.File, header)), "required") is { } required && Text(required.Node) == "true" && !headers.Contains(Text(name)))
                    complaints.Add($"header {Text(name)} is missing");
        var content = Child(response, "content") is { } types && Child(types, "application/json") is { } json ? json : (Place?)null;
        if (content is null)
            return body.Length == 0 ? complaints : [.. complaints, "there is a body, and the description has none"];
        if (body.Length == 0)
            return [.. complaints, "there is no body"];
        Validate(Child(content.Value, "schema")!.Value, JsonNode.Parse(body), "", complaints);
        return complaints;
    }

    private void Validate(Place given, JsonNode? value, string at, List<string> complaints)
    {
        var schema = Resolve(given);
        foreach (var (keyword, node) in ((YamlMappingNode)schema.Node).Children.Select(c => (Text(c.Key), new Place(schema.File, c.Value))))
        {
            switch (keyword)
            {
                case "type" when !Types(node.Node).Contains(TypeOf(value)) && !(TypeOf(value) == "integer" && Types(node.Node).Contains("number")):
                    complaints.Add($"{at}: {TypeOf(value)}, not {string.Join(" or ", Types(node.Node))}");
                    return;
                case "required" when value is JsonObject o:
                    complaints.AddRange(Items(node.Node).Select(Text).Where(name => !o.ContainsKey(name)).Select(name => $"{at}: {name} is missing"));
                    break;
                case "properties" when value is JsonObject o:
                    foreach (var (name, property) in ((YamlMappingNode)node.Node).Children)
                        if (o.TryGetPropertyValue(Text(name), out var child))
                            Validate(new Place(schema.File, property), child, $"{at}/{Text(name)}", complaints);
                    break;
                case "items" when value is JsonArray list:
                    for (var i = 0; i < list.Count; i++)
                        Validate(node, list[i], $"{at}/{i}", complaints);
                    break;
                case "pattern" when value is JsonValue v && v.TryGetValue<string>(out var text) && !Regex.IsMatch(text, Text(node.Node)):
                    complaints.Add($"{at}: '{text[..Math.Min(text.Length, 20)]}' does not match {Text(node.Node)}");
                    break;
                case "enum" when !Items(node.Node).Select(Text).Contains(value?.ToString()):
                    complaints.Add($"{at}: '{value}' is none of {string.Join(", ", Items(node.Node).Select(Text))}");
                    break;
                case "minItems" or "maxItems" when value is JsonArray list && Outside(keyword, node, list.Count):
                    complaints.Add($"{at}: {list.Count} items, {keyword} is {Text(node.Node)}");
                    break;
                case "minLength" or "maxLength" when value is JsonValue v && v.TryGetValue<string>(out var text) && Outside(keyword, node, text.Length):
                    complaints.Add($"{at}: {text.Length} characters, {keyword} is {Text(node.Node)}");
                    break;
                case "minimum" or "maximum" when value is JsonValue v && v.TryGetValue<double>(out var number) && Outside(keyword, node, number):
                    complaints.Add($"{at}: {number}, {keyword} is {Text(node.Node)}");
                    break;
                case "uniqueItems" when value is JsonArray list && list.Select(i => i?.ToJsonString()).Distinct().Count() != list.Count:
                    complaints.Add($"{at}: an item is there twice");
                    break;
                case "allOf":
                    foreach (var part in Items(node.Node))
                        Validate(new Place(schema.File, part), value, at, complaints);
                    break;
                case "anyOf" or "oneOf":
                    Alternatives(keyword, schema, node, value, at, complaints);
                    break;
                case "type" or "required" or "properties" or "items" or "pattern" or "enum" or "minItems" or "maxItems" or "minLength" or "maxLength"
                    or "minimum" or "maximum" or "uniqueItems":
                    break;
                default:
                    if (!Annotations.Contains(keyword))
                        throw new NotSupportedException($"{schema.File} has the keyword {keyword}, which is not walked");
                    break;
            }
        }
    }

    private void Alternatives(string keyword, Place schema, Place node, JsonNode? value, string at, List<string> complaints)
    {
        List<List<string>> tried = [];
        foreach (var part in Items(node.Node))
        {
            List<string> own = [];
            Validate(new Place(schema.File, part), value, at, own);
            tried.Add(own);
        }
        // oneOf is read as anyOf: the description's alternatives are not written to exclude each other.
        if (!tried.Any(t => t.Count == 0))
            complaints.Add($"{at}: fits no part of {keyword}; the nearest: {string.Join("; ", tried.MinBy(t => t.Count)!)}");
    }

    private static bool Outside(string keyword, Place node, double number) =>
        double.Parse(Text(node.Node), System.Globalization.CultureInfo.InvariantCulture) is var limit && (keyword.StartsWith("min", StringComparison.Ordinal) ? number < limit : number > limit);

    private static string TypeOf(JsonNode? value) => value switch
    {
        null => "null",
        JsonObject => "object",
        JsonArray => "array",
        _ => value.GetValueKind() switch
        {
            System.Text.Json.JsonValueKind.String => "string",
            System.Text.Json.JsonValueKind.Number => value.AsValue().TryGetValue<long>(out _) ? "integer" : "number",
            _ => "boolean",
        },
    };

    private static IEnumerable<string> Types(YamlNode node) => node is YamlSequenceNode list ? list.Select(Text) : [Text(node)];

    private static IEnumerable<YamlNode> Items(YamlNode node) => ((YamlSequenceNode)node).Children;

    private static string Text(YamlNode node) => ((YamlScalarNode)node).Value!;

    private static YamlMappingNode Mapping(YamlMappingNode node, string key) => (YamlMappingNode)node.Children[new YamlScalarNode(key)];

    private static Place? Child(Place place, string key) =>
        ((YamlMappingNode)place.Node).Children.TryGetValue(new YamlScalarNode(key), out var child) ? new Place(place.File, child) : null;

    /// <summary>Follows $ref: a file, a place in it by a JSON pointer, or both.</summary>
    private Place Resolve(Place place)
    {
        while (place.Node is YamlMappingNode map && map.Children.TryGetValue(new YamlScalarNode("$ref"), out var reference))
        {
            var (file, pointer) = Text(reference).Split('#') is [var f, var p] ? (f, p) : (Text(reference), "");
            var target = file.Length == 0 ? place.File : Path.GetFullPath(file, Path.GetDirectoryName(place.File)!);
            var next = new Place(target, File(target));
            foreach (var step in pointer.Split('/', StringSplitOptions.RemoveEmptyEntries))
                next = Child(Resolve(next), step.Replace("~1", "/", StringComparison.Ordinal)) ?? throw new InvalidDataException($"{place.File}: nothing at {Text(reference)}");
            place = next;
        }
        return place;
    }

    private YamlMappingNode File(string path)
    {
        if (files.TryGetValue(path, out var known))
            return known;
        using var reader = new StreamReader(path);
        var yaml = new YamlStream();
        yaml.Load(reader);
        return files[path] = (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private readonly record struct Place(string File, YamlNode Node);
}

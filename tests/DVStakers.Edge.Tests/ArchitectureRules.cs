using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace DVStakers.Edge.Tests;

/// <summary>A file of the repository; the path is relative to its root, with '/'.</summary>
internal sealed record SourceFile(string Path, string Text)
{
    private const string NotCode = """"
        """[\s\S]*?"""|@"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\])+'|//[^\n]*|/\*[\s\S]*?\*/
        """";

    private string? code;

    /// <summary>The text without comments and literals.</summary>
    public string Code => code ??= Regex.Replace(Text, NotCode.Trim(), "");

    public string Folder => Path[..Path.LastIndexOf('/')];
}

/// <summary>What ARCHITECTURE.md promises, as checks. Each returns its violations in words; none means kept.</summary>
internal static class ArchitectureRules
{
    private const string Core = "DVStakers.Edge.Core";
    private const string Linux = "DVStakers.Edge.Linux";
    private const string Agent = "DVStakers.Edge.Agent";

    /// <summary>The folders of the agent that only read the snapshot and never call one another.</summary>
    public static readonly string[] Outputs = ["Proxy", "Mesh", "Panel", "Web", "Validators", "Power", "Metrics"];

    /// <summary>What the outputs stand on; it knows none of them.</summary>
    public static readonly string[] Foundations = ["Nodes", "State", "Duties", "Cluster"];

    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        [Core] = [],
        [Linux] = [],
        [Agent] = [Core, Linux],
    };

    // Values that happen to live in the namespaces of I/O.
    private static readonly string[] PureInIoNamespaces = ["System.Net.IPAddress", "System.Net.IPEndPoint", "System.Net.HttpStatusCode"];

    private static readonly string[] Impure =
    [
        "System.TimeProvider", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process", "System.Console", "System.Random",
        "System.Threading.Timer", "System.Threading.PeriodicTimer", "System.Threading.Thread",
    ];

    // Of types that are otherwise harmless; compiled iterators, for one, use Environment.
    private static readonly string[] ImpureMembers =
    [
        "get_Now", "get_UtcNow", "get_Today", "get_TickCount", "get_TickCount64", "get_MachineName", "GetEnvironmentVariable", "Delay", "NewGuid",
    ];

    /// <summary>Project references go Agent -> Core and Agent -> Linux only; Core has no package and no framework but .NET's own.</summary>
    public static IEnumerable<string> ProjectArrows(SourceFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Path);
        var xml = XDocument.Parse(project.Text);
        IEnumerable<string> Included(string element) => xml.Descendants(element).Select(e => e.Attribute("Include")!.Value);

        foreach (var target in Included("ProjectReference").Select(p => Path.GetFileNameWithoutExtension(p.Replace('\\', '/'))))
            if (!MayReference[name].Contains(target))
                yield return $"{name} references {target}";
        if (name == Core)
            foreach (var dependency in Included("PackageReference").Concat(Included("FrameworkReference")))
                yield return $"{Core} references {dependency}";
    }

    /// <summary>Unsafe code is Linux's alone.</summary>
    public static IEnumerable<string> Unsafe(SourceFile file)
    {
        if (file.Path.StartsWith($"src/{Linux}/", StringComparison.Ordinal))
            return [];
        var found = file.Path.EndsWith(".cs", StringComparison.Ordinal)
            ? Regex.IsMatch(file.Code, @"\bunsafe\b")
            : file.Text.Contains("AllowUnsafeBlocks", StringComparison.Ordinal);
        return found ? [$"{file.Path}: unsafe code outside {Linux}"] : [];
    }

    /// <summary>No output folder names another's namespace, nor does a foundation: by using, by a full name, or by a name relative to the agent's namespace.</summary>
    public static IEnumerable<string> OutputsApart(IReadOnlyList<SourceFile> files)
    {
        var root = $"src/{Agent}/";
        string? OutputOf(SourceFile file) => file.Path.StartsWith(root, StringComparison.Ordinal)
            ? Outputs.Concat(Foundations).FirstOrDefault(o => file.Path.StartsWith($"{root}{o}/", StringComparison.Ordinal))
            : null;
        var types = files.Where(f => OutputOf(f) is not null).ToLookup(f => OutputOf(f)!, f => DeclaredTypes(f.Code));

        foreach (var file in files.Where(f => f.Path.StartsWith(root, StringComparison.Ordinal)))
            foreach (var other in Outputs)
            {
                if (Regex.IsMatch(file.Code, $@"global\s+using\s+(static\s+)?{Regex.Escape(Agent)}\.{other}\b"))
                    yield return $"{file.Path}: opens {other} to every file";
                if (OutputOf(file) is not { } own || own == other)
                    continue;
                var named = Regex.IsMatch(file.Code, $@"\b{Regex.Escape(Agent)}\.{other}\b")
                    || types[other].SelectMany(t => t).Any(t => Regex.IsMatch(file.Code, $@"(?<![\w.])(Edge\.Agent\.|Agent\.)?{other}\.{t}\b"));
                if (named)
                    yield return $"{file.Path}: {own} uses {other}";
            }
    }

    private static IEnumerable<string> DeclaredTypes(string code) =>
        Regex.Matches(code, @"\b(?:class|struct|interface|enum|record(?:\s+struct|\s+class)?)\s+([A-Z]\w*)").Select(m => m.Groups[1].Value);

    /// <summary>An assembly that does no I/O and reads no clock, by the types and members it refers to.</summary>
    public static IEnumerable<string> Purity(string assemblyPath)
    {
        using var image = new PEReader(File.OpenRead(assemblyPath));
        var metadata = image.GetMetadataReader();
        foreach (var handle in metadata.TypeReferences)
        {
            var name = FullName(metadata, handle);
            var io = Regex.IsMatch(name, @"^System\.(IO|Net)\.") && !PureInIoNamespaces.Contains(name);
            if (io || Impure.Contains(name))
                yield return $"{Path.GetFileName(assemblyPath)} uses {name}";
        }
        foreach (var handle in metadata.MemberReferences)
        {
            var member = metadata.GetMemberReference(handle);
            var method = metadata.GetString(member.Name);
            if (member.Parent.Kind != HandleKind.TypeReference || !ImpureMembers.Contains(method))
                continue;
            yield return $"{Path.GetFileName(assemblyPath)} calls {FullName(metadata, (TypeReferenceHandle)member.Parent)}.{method}";
        }
    }

    private static string FullName(MetadataReader metadata, TypeReferenceHandle handle)
    {
        var type = metadata.GetTypeReference(handle);
        return $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}";
    }

    /// <summary>Every C# file has a file-scoped namespace; under src it is the folder's.</summary>
    public static IEnumerable<string> Namespaces(SourceFile file)
    {
        var scoped = Regex.Match(file.Code, @"^namespace\s+([\w.]+)\s*;", RegexOptions.Multiline);
        // Program.cs is top-level statements, and they have none.
        if (file.Path.EndsWith("/Program.cs", StringComparison.Ordinal) && !Regex.IsMatch(file.Code, @"\bnamespace\b"))
            yield break;
        if (!scoped.Success)
            yield return $"{file.Path}: no file-scoped namespace";
        else if (file.Path.StartsWith("src/", StringComparison.Ordinal) && scoped.Groups[1].Value != file.Folder["src/".Length..].Replace('/', '.'))
            yield return $"{file.Path}: its namespace {scoped.Groups[1].Value} is not its folder's";
    }

    public static IEnumerable<string> Length(SourceFile file)
    {
        var lines = file.Text.AsSpan().Count('\n');
        return lines > 400 ? [$"{file.Path}: {lines} lines"] : [];
    }

    /// <summary>The annotated tree of the page lists these folders, each with a note, and no other.</summary>
    public static IEnumerable<string> Tree(string page, IReadOnlySet<string> folders)
    {
        var listed = new HashSet<string>();
        var parents = new List<string>();
        var block = Regex.Match(page, @"^```tree\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline).Groups[1].Value;
        foreach (Match line in Regex.Matches(block, @"^( *)(\S+)/(?:  +(\S.*))?$", RegexOptions.Multiline))
        {
            var depth = line.Groups[1].Length / 2;
            parents.RemoveRange(depth, parents.Count - depth);
            parents.Add(line.Groups[2].Value);
            var folder = string.Join('/', parents);
            listed.Add(folder);
            if (!line.Groups[3].Success)
                yield return $"{folder} has no note";
        }
        foreach (var folder in folders.Except(listed).Order())
            yield return $"{folder} is not in the tree";
        foreach (var folder in listed.Except(folders).Order())
            yield return $"{folder} is in the tree only";
    }
}

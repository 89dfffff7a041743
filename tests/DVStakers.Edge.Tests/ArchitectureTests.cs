using System.Text.RegularExpressions;

namespace DVStakers.Edge.Tests;

/// <summary>Holds the repository to ARCHITECTURE.md. Beside each check of the real tree stands one of a broken sample, so that no check is blind.</summary>
public class ArchitectureTests
{
    private static readonly string Root = FindRoot();
    private static readonly IReadOnlyList<SourceFile> Files = [.. Read()];

    [Fact]
    public void Projects_reference_each_other_one_way() => AssertKept(Under("src", ".csproj").SelectMany(ArchitectureRules.ProjectArrows));

    [Theory]
    [InlineData("Core", """<ProjectReference Include="../DVStakers.Edge.Linux/DVStakers.Edge.Linux.csproj" />""", "DVStakers.Edge.Core references DVStakers.Edge.Linux")]
    [InlineData("Core", """<PackageReference Include="Polly.Core" />""", "DVStakers.Edge.Core references Polly.Core")]
    [InlineData("Core", """<FrameworkReference Include="Microsoft.AspNetCore.App" />""", "DVStakers.Edge.Core references Microsoft.AspNetCore.App")]
    [InlineData("Linux", """<ProjectReference Include="..\DVStakers.Edge.Core\DVStakers.Edge.Core.csproj" />""", "DVStakers.Edge.Linux references DVStakers.Edge.Core")]
    public void A_reference_against_the_arrows_is_found(string project, string item, string violation)
    {
        var file = new SourceFile($"src/DVStakers.Edge.{project}/DVStakers.Edge.{project}.csproj", $"<Project><ItemGroup>{item}</ItemGroup></Project>");
        Assert.Equal([violation], ArchitectureRules.ProjectArrows(file));
    }

    [Fact]
    public void Only_Linux_is_unsafe()
    {
        AssertKept(Files.Where(f => Regex.IsMatch(f.Path, @"^src/.*\.(cs|csproj|props)$|^[^/]+\.props$")).SelectMany(ArchitectureRules.Unsafe));
        Assert.Contains("AllowUnsafeBlocks", Files.Single(f => f.Path.EndsWith("Linux.csproj", StringComparison.Ordinal)).Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("src/DVStakers.Edge.Agent/Proxy/A.cs", "internal static unsafe class A;", true)]
    [InlineData("src/DVStakers.Edge.Agent/Proxy/A.cs", "// an unsafe thing\nclass A { string s = \"unsafe\"; }", false)]
    [InlineData("src/DVStakers.Edge.Linux/Gpio/A.cs", "internal static unsafe class A;", false)]
    [InlineData("src/DVStakers.Edge.Core/DVStakers.Edge.Core.csproj", "<AllowUnsafeBlocks>true</AllowUnsafeBlocks>", true)]
    public void Unsafe_code_is_found(string path, string text, bool found) =>
        Assert.Equal(found, ArchitectureRules.Unsafe(new SourceFile(path, text)).Any());

    [Fact]
    public void Outputs_never_use_one_another() => AssertKept(ArchitectureRules.OutputsApart([.. Under("src", ".cs")]));

    [Theory]
    [InlineData("Proxy", "using DVStakers.Edge.Agent.Mesh;", "Proxy uses Mesh")]
    [InlineData("Proxy", "class A { DVStakers.Edge.Agent.Mesh.Publisher? p; }", "Proxy uses Mesh")]
    [InlineData("Web", "class A { Mesh.Publisher? p; }", "Web uses Mesh")]
    [InlineData("Web", "class A { Agent.Mesh.Publisher? p; }", "Web uses Mesh")]
    [InlineData("Cli", "global using DVStakers.Edge.Agent.Mesh;", "opens Mesh to every file")]
    [InlineData("Web", "class A { object p = Panel.Of(config.Mesh.Publisher); }", null)]
    [InlineData("Cli", "using DVStakers.Edge.Agent.Mesh;", null)]
    [InlineData("Duties", "using DVStakers.Edge.Agent.Mesh;", "Duties uses Mesh")]
    [InlineData("Mesh", "using DVStakers.Edge.Agent.Duties;", null)]
    public void An_output_that_uses_another_is_found(string folder, string code, string? violation)
    {
        var found = ArchitectureRules.OutputsApart([
            new($"src/DVStakers.Edge.Agent/{folder}/A.cs", code),
            new("src/DVStakers.Edge.Agent/Mesh/Publisher.cs", "internal sealed class Publisher;"),
        ]);
        Assert.Equal(violation is null ? [] : [$"src/DVStakers.Edge.Agent/{folder}/A.cs: {violation}"], found);
    }

    [Fact]
    public void Core_does_no_IO_and_reads_no_clock() => AssertKept(ArchitectureRules.Purity(typeof(DVStakers.Edge.Core.State.Snapshot).Assembly.Location));

    [Fact]
    public void Impure_code_is_found()
    {
        // This very assembly reads files and the clock.
        Assert.True(DateTime.UtcNow > DateTime.UnixEpoch);
        var found = ArchitectureRules.Purity(typeof(ArchitectureTests).Assembly.Location).ToList();
        Assert.Contains("DVStakers.Edge.Tests.dll uses System.IO.File", found);
        Assert.Contains("DVStakers.Edge.Tests.dll calls System.DateTime.get_UtcNow", found);
    }

    [Fact]
    public void Namespaces_are_file_scoped_and_follow_the_folders() => AssertKept(Sources(".cs").SelectMany(ArchitectureRules.Namespaces));

    [Theory]
    [InlineData("src/P/F/A.cs", "namespace P.F;\nclass A;", true)]
    [InlineData("src/P/F/A.cs", "namespace P.F\n{\nclass A;\n}", false)]
    [InlineData("src/P/F/A.cs", "class A;", false)]
    [InlineData("src/P/F/A.cs", "namespace P.G;\nclass A;", false)]
    [InlineData("src/P/Program.cs", "return 0;", true)]
    public void A_wrong_namespace_is_found(string path, string text, bool right) =>
        Assert.Equal(right, !ArchitectureRules.Namespaces(new SourceFile(path, text)).Any());

    [Fact]
    public void No_source_file_is_long() => AssertKept(Sources(".cs", ".sh", ".mjs").SelectMany(ArchitectureRules.Length));

    [Theory]
    [InlineData(400, false)]
    [InlineData(401, true)]
    public void A_long_file_is_found(int lines, bool found) =>
        Assert.Equal(found, ArchitectureRules.Length(new SourceFile("src/A.cs", new string('\n', lines))).Any());

    [Fact]
    public void The_tree_in_ARCHITECTURE_is_the_tree_there_is()
    {
        var folders = Files.Where(f => f.Path.Contains('/', StringComparison.Ordinal)).SelectMany(f => Ancestors(f.Folder)).Where(IsListed).ToHashSet();
        AssertKept(ArchitectureRules.Tree(File.ReadAllText(Path.Combine(Root, "ARCHITECTURE.md")), folders));
    }

    [Fact]
    public void A_wrong_tree_is_found()
    {
        const string Page = "text\n```tree\nsrc/  sources\n  Old/  gone\n  Bare/\ndocs/  pages\n```\n";
        string[] expected = ["src/Bare has no note", "src/New is not in the tree", "src/Old is in the tree only"];
        Assert.Equal(expected, ArchitectureRules.Tree(Page, new HashSet<string> { "src", "src/Bare", "src/New", "docs" }));
    }

    private static void AssertKept(IEnumerable<string> violations)
    {
        if (violations.ToList() is { Count: > 0 } found)
            Assert.Fail(string.Join('\n', found));
    }

    private static List<SourceFile> Under(string folder, string extension)
    {
        var files = Files.Where(f => f.Path.StartsWith(folder + "/", StringComparison.Ordinal) && f.Path.EndsWith(extension, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(files);
        return files;
    }

    private static IEnumerable<SourceFile> Sources(params string[] extensions) => extensions.SelectMany(e => Files.Where(f => f.Path.EndsWith(e, StringComparison.Ordinal)));

    /// <summary>Inside a test project the folders mirror src and need no notes.</summary>
    // An image's files lie in folders as on the box, which say nothing of this repository.
    private static bool IsListed(string folder) => !folder.StartsWith("firmware-scripts/image/", StringComparison.Ordinal)
        && (!folder.StartsWith("tests/", StringComparison.Ordinal) || folder.Count(c => c == '/') == 1);

    private static IEnumerable<string> Ancestors(string folder)
    {
        for (var end = folder.Length; end > 0; end = folder.LastIndexOf('/', end - 1))
            yield return folder[..end];
    }

    private static IEnumerable<SourceFile> Read()
    {
        string[] notOurs = ["bin", "obj", "node_modules", "artifacts", "TestResults", ".git", ".vs", ".idea", ".vscode"];
        string[] text = [".cs", ".csproj", ".props", ".pubxml", ".sh", ".mjs", ".json", ".md", ".service", ".yaml", ".lua", ".conf"];
        return Walk(new DirectoryInfo(Root));

        IEnumerable<SourceFile> Walk(DirectoryInfo folder) => folder.EnumerateFiles()
            .Select(f => new SourceFile(Path.GetRelativePath(Root, f.FullName), text.Contains(f.Extension) ? File.ReadAllText(f.FullName) : ""))
            .Concat(folder.EnumerateDirectories().Where(d => !notOurs.Contains(d.Name)).SelectMany(Walk));
    }

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "DVStakers.Edge.sln")))
            folder = folder.Parent ?? throw new InvalidOperationException("These tests read the repository's sources; run them from inside it.");
        return folder.FullName;
    }
}

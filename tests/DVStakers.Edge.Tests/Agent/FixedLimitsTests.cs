using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Proxy;
using DVStakers.Edge.Agent.Web;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Tests.Agent;

/// <summary>Every number and time that the data plane holds as a constant stands in the documentation, with its value.</summary>
public sealed class FixedLimitsTests
{
    private static readonly string[] Namespaces = [typeof(Bodies).Namespace!, typeof(NodeClient).Namespace!, typeof(HttpListener).Namespace!];

    [Fact]
    public void The_documentation_has_exactly_the_limits_of_the_source()
    {
        var documented = File.ReadAllLines(Documentation()).SkipWhile(l => l != "## Fixed limits")
            .Where(l => l.StartsWith("| `", StringComparison.Ordinal))
            .Select(l => l.Split('|', StringSplitOptions.TrimEntries)).Select(c => $"{c[1].Trim('`')} = {c[2]}");
        Assert.Equal(InTheSource().Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_limit_that_somebody_adds_is_found() =>
        Assert.Contains(InTheSource(), l => l.StartsWith("Bodies.LargeOnesAtOnce = ", StringComparison.Ordinal));

    private static IEnumerable<string> InTheSource() =>
        from type in typeof(Bodies).Assembly.GetTypes().Where(t => Namespaces.Contains(t.Namespace)).Append(typeof(StreamMerge))
        where type.GetCustomAttribute<CompilerGeneratedAttribute>() is null && !type.IsEnum
        from field in type.GetFields(BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
        where field.GetCustomAttribute<CompilerGeneratedAttribute>() is null && (field.IsLiteral || field.IsInitOnly)
        let value = field.GetValue(null)
        where value is int or long or TimeSpan
        select $"{type.Name}.{field.Name} = {Words(value)}";

    private static string Words(object value) => value is TimeSpan time
        ? time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + " s"
        : Convert.ToString(value, CultureInfo.InvariantCulture)!;

    private static string Documentation([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/configuration.md");
}

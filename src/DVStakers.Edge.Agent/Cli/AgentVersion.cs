using System.Reflection;
using System.Runtime.InteropServices;

namespace DVStakers.Edge.Agent.Cli;

internal static class AgentVersion
{
    /// <summary>Such as <c>0.1.0</c>; with a commit where the build knew it.</summary>
    public static string Text { get; } =
        typeof(AgentVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+') switch
        {
            [var version, { Length: >= 8 } commit] => $"{version}+{commit[..8]}",
            [var version, ..] => version,
            _ => "unknown",
        };

    public static string Line =>
        $"dvstakers-edge {Text} ({RuntimeInformation.FrameworkDescription}, {RuntimeInformation.RuntimeIdentifier})";
}

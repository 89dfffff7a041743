namespace DVStakers.Edge.Agent.Power;

/// <summary>What the kernel says of this boot.</summary>
/// <param name="proc">Where procfs is; tests put a folder in its place.</param>
internal sealed class BootFacts(string proc = "/proc")
{
    /// <summary>Another one after each boot. Empty where the kernel does not tell; then a boot is not told from a restart of the agent.</summary>
    public string Id { get; } = Text(Path.Combine(proc, "sys/kernel/random/boot_id")).Trim();

    /// <summary>There is a way to the rest of the world: a default route, of IPv4 or IPv6.</summary>
    public bool HasNetwork() =>
        Lines("net/route").Skip(1).Any(f => f is [not "lo", "00000000", ..])
        || Lines("net/ipv6_route").Any(f => f is ["00000000000000000000000000000000", "00", _, _, _, _, _, _, _, not "lo", ..]);

    private IEnumerable<string[]> Lines(string file) => Text(Path.Combine(proc, file)).Split('\n').Select(l => l.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries));

    private static string Text(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}

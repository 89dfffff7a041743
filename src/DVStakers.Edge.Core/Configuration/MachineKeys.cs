namespace DVStakers.Edge.Core.Configuration;

/// <summary>The keys of <c>machine</c>.</summary>
internal static class MachineKeys
{
    private const string NamesAllowed = "names, separated by commas";

    public static readonly IReadOnlyList<ConfigKey<EdgeConfig>> Top =
    [
        ConfigKeys.Text<EdgeConfig>("machine.data", "paths of folders, separated by commas", "Where the clients keep their data; the space left on those disks is watched. Left out: the usual folders that are there, and `/`.",
            v => Split(v).All(p => p.StartsWith('/')),
            (c, v) => c with { Machine = c.Machine with { Data = Split(v) } }, c => Join(c.Machine.Data)),
        ConfigKeys.Text<EdgeConfig>("machine.units", NamesAllowed, "systemd units of the clients, besides those with a usual name.", v => Split(v).All(IsUnit),
            (c, v) => c with { Machine = c.Machine with { Units = Split(v) } }, c => Join(c.Machine.Units)),
        ConfigKeys.Text<EdgeConfig>("machine.containers", NamesAllowed, "Docker containers of the clients, besides those with a usual name.", v => Split(v).All(ConfigKeys.IsName),
            (c, v) => c with { Machine = c.Machine with { Containers = Split(v) } }, c => Join(c.Machine.Containers)),
        ConfigKeys.Text<EdgeConfig>("machine.docker-socket", "the path of a socket", "Docker's own socket; only read, and only where the agent may. Never a TCP port.", v => v.StartsWith('/'),
            (c, v) => c with { Machine = c.Machine with { DockerSocket = v } }, c => c.Machine.DockerSocket),
    ];

    private static List<string> Split(string text) => [.. text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static string? Join(IReadOnlyList<string> names) => names.Count == 0 ? null : string.Join(",", names);

    // A leading '-' would be an option of systemctl, a '*' a pattern.
    private static bool IsUnit(string text) =>
        text.Length is > 0 and <= 128 && text[0] != '-' && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '@' or ':' or '\\');
}

using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>A member is named by its certificate and its roster; the configuration may repeat that, and must not say otherwise.</summary>
public static class MemberNames
{
    /// <returns>The configuration with the membership's names, and what contradicts them, in which case the agent must not start.</returns>
    /// <param name="origins">Where each value came from (<see cref="ConfigResult.Origins"/>): only what is written can contradict.</param>
    /// <param name="directory">The cluster directory, for the message.</param>
    public static (EdgeConfig Config, IReadOnlyList<ConfigProblem> Problems) Apply(
        EdgeConfig config, IReadOnlyDictionary<string, string> origins, Roster roster, string box, string directory)
    {
        var problems = new List<ConfigProblem>();
        var cluster = roster.Cluster;
        var auxiliary = roster.Find(box) is { Role: MemberRole.Auxiliary };
        if (origins.TryGetValue("cluster", out var where) && config.Cluster != cluster)
            problems.Add(new(where, $"the cluster is '{config.Cluster}' here and '{cluster}' in {directory}/roster.json; leave it out here, or name another membership.directory"));
        if (origins.TryGetValue("box", out where) && config.Box != box)
            problems.Add(new(where, $"this box is '{config.Box}' here and '{box}' in its certificate, {directory}/box.crt; leave it out here, or name another membership.directory"));
        if (auxiliary && config.Stacks.Count > 0)
            problems.Add(new(origins.GetValueOrDefault("stacks[0].name", "stacks"), $"this box is auxiliary in {directory}/roster.json and has stacks here; leave these out, or make it a full member (dvstakers-edge cluster invite)"));
        return (config with { Cluster = cluster, Box = box, Role = auxiliary ? BoxRole.Auxiliary : config.Role }, problems);
    }
}

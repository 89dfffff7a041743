using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Messages;

/// <summary>The topics of one box. Configuration allows no '/', '+' or '#' in either name.</summary>
public sealed record Topics(string Cluster, string Box)
{
    private readonly string prefix = $"dvstakers/{Cluster}/{Box}/";

    /// <summary><see cref="Online"/> or <see cref="Offline"/>, retained; the broker publishes Offline as last will.</summary>
    public string Availability => prefix + "availability";

    /// <summary><see cref="HealthMessage"/>, retained.</summary>
    public string Health => prefix + "health";

    /// <summary><see cref="RankingMessage"/>, retained.</summary>
    public string Ranking => prefix + "ranking";

    /// <summary><see cref="DutiesMessage"/>, retained.</summary>
    public string Duties => prefix + "duties";

    /// <summary><see cref="EventMessage"/>, one per transition, not retained.</summary>
    public string Events => prefix + "events";

    /// <summary>The cluster's signed roster as this box has it, retained.</summary>
    public string Roster => prefix + "roster";

    /// <summary>What this box wants to hear: the same topics of every box.</summary>
    public IReadOnlyList<string> Wanted => [$"dvstakers/{Cluster}/+/health", $"dvstakers/{Cluster}/+/roster"];

    /// <summary>Takes a topic apart. False where it is none of ours.</summary>
    /// <param name="name">Its last level, such as <c>health</c>.</param>
    public static bool TryParse(string topic, out Topics owner, out string name)
    {
        var levels = topic.Split('/', 5);
        var ours = levels is ["dvstakers", var cluster, var box, _] && ConfigKeys.IsName(cluster) && ConfigKeys.IsName(box);
        (owner, name) = ours ? (new Topics(levels[1], levels[2]), levels[3]) : (new Topics("", ""), "");
        return ours;
    }

    public static ReadOnlySpan<byte> Online => "online"u8;
    public static ReadOnlySpan<byte> Offline => "offline"u8;
}

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

    public static ReadOnlySpan<byte> Online => "online"u8;
    public static ReadOnlySpan<byte> Offline => "offline"u8;
}

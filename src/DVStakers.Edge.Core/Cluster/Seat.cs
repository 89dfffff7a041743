namespace DVStakers.Edge.Core.Cluster;

/// <summary>What a box is to be in its cluster: a member that has no certificate yet. The meaning of each value is <see cref="Member"/>'s.</summary>
public sealed record Seat
{
    public required string Box { get; init; }
    public MemberRole Role { get; init; }
    public int Shares { get; init; }
    public Uri? Gateway { get; init; }
    public string? Broker { get; init; }

    /// <summary>Under which the others reach it; its certificate names them.</summary>
    public IEnumerable<string> Hosts()
    {
        if (Gateway is not null)
            yield return Gateway.Host.Trim('[', ']');
        if (Broker is not null && HostPort.TryParse(Broker, out var broker))
            yield return broker.Host;
    }

    /// <param name="certificate">PEM.</param>
    public Member With(string certificate) => new() { Box = Box, Role = Role, Shares = Shares, Gateway = Gateway, Broker = Broker, Certificate = certificate };
}

using System.Text.Json.Serialization;

namespace DVStakers.Edge.Core.Cluster;

/// <summary>What a box is to its cluster.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MemberRole>))]
public enum MemberRole
{
    /// <summary>It has stacks of its own, and may lend them.</summary>
    [JsonStringEnumMemberName("full")]
    Full,

    /// <summary>A cloud client: a validator and no beacon node. It borrows and never lends.</summary>
    [JsonStringEnumMemberName("auxiliary")]
    Auxiliary,
}

/// <summary>A box that belongs to the cluster.</summary>
public sealed record Member
{
    /// <summary>Its name: a level of its MQTT topics, and the common name of its certificate.</summary>
    public required string Box { get; init; }

    public MemberRole Role { get; init; }

    /// <summary>How many of the cluster's key shares sign on this box. 0 to 1000; 0 where it runs no DVT client.</summary>
    public int Shares { get; init; }

    /// <summary>Where the others reach its peer gateway, https and a port; null: it lends nothing, or cannot be reached.</summary>
    public Uri? Gateway { get; init; }

    /// <summary>Host and port of its broker's TLS listener, from which the others pull; null: it cannot be reached, or there is one broker for all.</summary>
    public string? Broker { get; init; }

    /// <summary>Its X.509 certificate, PEM. Its key verifies what the box says and opens the gateways.</summary>
    public required string Certificate { get; init; }

    /// <summary>All but the certificate.</summary>
    [JsonIgnore]
    public Seat Seat => new() { Box = Box, Role = Role, Shares = Shares, Gateway = Gateway, Broker = Broker };
}

/// <summary>A certificate of a box that was removed; it is refused from then on.</summary>
/// <param name="Serial">Of the certificate, hexadecimal. A box that renewed its certificate has more than one.</param>
public sealed record RemovedMember(string Box, string Serial, DateTimeOffset At);

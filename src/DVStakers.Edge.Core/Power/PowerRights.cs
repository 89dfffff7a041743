using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Power;

/// <summary>What this box's agent may do to others, by its configuration: the polkit rule grants these lines and nothing else.</summary>
public static class PowerRights
{
    /// <summary>Switching the box off. No unit of systemd is called so: their names have a dot.</summary>
    public const string PowerOff = "power-off";

    /// <summary>The units that it may stop and start. Containers are not systemd's to grant.</summary>
    public static IReadOnlyList<string> Of(PowerConfig? power) =>
        power is null ? [] : [.. power.Clients.Where(c => !c.IsContainer).Select(c => c.Name).Distinct(), .. power.PowerOff ? new[] { PowerOff } : []];
}

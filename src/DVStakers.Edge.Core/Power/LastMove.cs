using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Power;

/// <summary>The machine's last moment before it is off: every process has ended and the disks are written. Pure.</summary>
public abstract record LastMove
{
    /// <summary>It goes off as it is.</summary>
    public sealed record Off(string Reason) : LastMove;

    /// <summary>The UPS takes the power away.</summary>
    public sealed record Cut(PowerCut How) : LastMove;

    /// <summary>It boots instead: mains came back meanwhile, and a box that goes off with mains there stays off.</summary>
    public sealed record Boot : LastMove;

    /// <summary>Whether the mains are worth a look at all: only after an outage that ends with a power-off by this agent in this boot.</summary>
    public static bool IsOurs(Outage outage, string boot) => Other(outage, boot) is null;

    /// <param name="boot">The kernel's id of this boot.</param>
    /// <param name="mains">They are there, and have been for a moment.</param>
    public static LastMove Of(PowerConfig power, Outage outage, string boot, bool mains) =>
        Other(outage, boot) is { } other ? new Off(other)
        : mains ? new Boot()
        : PowerModels.Find(power.Model)?.Cut is not { } cut ? new Off($"{power.Model} cannot take the power away")
        : !power.Cut ? new Off("the configuration does not ask for it (power.cut: yes)")
        : new Cut(cut);

    private static string? Other(Outage outage, string boot) =>
        outage.Phase != OutagePhase.PoweringOff ? "this agent has not switched the box off"
        : boot.Length == 0 || outage.Boot != boot ? "the agent switched the box off in another boot"
        : outage.ByPerson ? "a person switched the box off, and must be able to switch it on"
        : null;
}

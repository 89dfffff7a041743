using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Power;

/// <summary>How long each role may take to stop, and when the stop must begin so that it ends before the battery does.</summary>
public static class Budgets
{
    /// <summary>No longer is anybody waited for.</summary>
    public static readonly TimeSpan Cap = TimeSpan.FromSeconds(1200);

    /// <summary>For the rest of the machine, once the clients are down.</summary>
    public static readonly TimeSpan Rest = TimeSpan.FromSeconds(30);

    /// <summary>Batteries and their gauges are less sure of the end than of anything before it.</summary>
    public static readonly TimeSpan Reserve = TimeSpan.FromSeconds(120);

    /// <summary>A measured time is exceeded sometimes.</summary>
    private const double Margin = 1.5;

    /// <summary>After this the next role is stopped, whether this one has ended or not; nobody is killed.</summary>
    public static TimeSpan Of(ClientUnit unit, PowerConfig config, ClientFacts? facts)
    {
        var written = TimeSpan.FromSeconds(unit.Role switch
        {
            ClientRole.Validator => config.ValidatorSeconds,
            ClientRole.Consensus => config.ConsensusSeconds,
            _ => config.ExecutionSeconds,
        });
        var measured = (facts?.LastStop ?? TimeSpan.Zero) * Margin;
        return measured > Cap ? Cap : measured > written ? measured : written;
    }

    /// <summary>What a client will probably take: as measured with a margin, else all of its budget.</summary>
    public static TimeSpan Expected(ClientUnit unit, PowerConfig config, ClientFacts? facts)
    {
        var budget = Of(unit, config, facts);
        return facts switch
        {
            { Activity: Activity.Down } => TimeSpan.Zero,
            { LastStop: { } took } when took * Margin < budget => took * Margin,
            _ => budget,
        };
    }

    /// <summary>For all clients, role after role, and the rest of the machine.</summary>
    public static TimeSpan Needed(PowerConfig config, IReadOnlyDictionary<ClientUnit, ClientFacts> facts)
    {
        var sum = Rest;
        foreach (var role in config.Clients.GroupBy(c => c.Role))
            sum += role.Max(c => Expected(c, config, facts.GetValueOrDefault(c)));
        return sum;
    }
}

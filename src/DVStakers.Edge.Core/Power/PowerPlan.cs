using System.Text.Json.Serialization;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Core.Power;

/// <summary>One step of the stop, as it would go.</summary>
/// <param name="AtSeconds">After the stop began.</param>
/// <param name="Seconds">How long it will probably take.</param>
/// <param name="Basis">Where that is known from.</param>
public sealed record PlanStep(double AtSeconds, string Role, string Client, double Seconds, string Basis, string? Warning);

/// <summary>What would happen in an outage, and when. A dry run: nothing is done.</summary>
/// <param name="Begins">When the stop begins, each sufficient.</param>
/// <param name="Verdict">What the power asks for now.</param>
/// <param name="NeededSeconds">From the first stop until the box may lose its power.</param>
public sealed record PowerPlan(string Model, string Title, IReadOnlyList<string> Begins, string Verdict, IReadOnlyList<PlanStep> Steps, double NeededSeconds, string AtTheEnd, IReadOnlyList<string> OnReturn, IReadOnlyList<string> Warnings)
{
    public static PowerPlan Of(PowerConfig config, PowerFacts facts)
    {
        var model = PowerModels.Find(config.Model)!;
        var at = TimeSpan.Zero;
        var steps = new List<PlanStep>();
        foreach (var role in config.Clients.GroupBy(c => c.Role).OrderBy(g => g.Key))
        {
            steps.AddRange(role.Select(c => Step(c, at, config, facts.Clients.GetValueOrDefault(c))));
            at += role.Max(c => Budgets.Expected(c, config, facts.Clients.GetValueOrDefault(c)));
        }
        var needed = Budgets.Needed(config, facts.Clients);
        var verdict = Power.Verdict.Of(config, facts);
        return new(config.Model, model.Title, [.. Begin(config, needed)], verdict.MustStop ? $"the stop would begin now: {verdict.Reason}" : $"nothing: {verdict.Reason}", steps, needed.TotalSeconds,
            End(config, model), [.. Return(config)], [.. Warn(config, model, facts)]);
    }

    private static PlanStep Step(ClientUnit client, TimeSpan at, PowerConfig config, ClientFacts? facts)
    {
        var budget = Budgets.Of(client, config, facts);
        return new(at.TotalSeconds, client.Role.ToString().ToLowerInvariant(), client.Text, Math.Round(Budgets.Expected(client, config, facts).TotalSeconds),
            facts switch
            {
                { Activity: Activity.Down } => "it does not run, so it is left alone, then and afterwards",
                { LastStop: { } last } => FormattableString.Invariant($"its last stop took {last.TotalSeconds:0} s; at most {budget.TotalSeconds:0} s before the next are told"),
                _ => FormattableString.Invariant($"not measured yet, so its budget: at most {budget.TotalSeconds:0} s before the next are told"),
            },
            facts switch
            {
                { Error: { } error } => error,
                { KilledAfter: { } limit } when limit < budget => $"systemd kills it after {Power.Verdict.Words(limit)}: raise TimeoutStopSec",
                { Activity: Activity.Unknown } => "it cannot be asked",
                _ => null,
            });
    }

    private static IEnumerable<string> Begin(PowerConfig config, TimeSpan needed)
    {
        if (PowerModels.Find(config.Model)?.Link == PowerLink.None)
        {
            yield return "only by the panel's button, held for 10 s: there is no UPS";
            yield break;
        }
        var floor = TimeSpan.FromMinutes(config.StopBelowMinutes);
        var least = needed + Budgets.Reserve;
        yield return least > floor
            ? $"at {Power.Verdict.Words(least)} of run time left: {Power.Verdict.Words(needed)} for the clients and {Power.Verdict.Words(Budgets.Reserve)} in reserve"
            : $"at {Power.Verdict.Words(floor)} of run time left (power.stop-below-minutes)";
        yield return $"at {config.StopBelowPercent} % of charge (power.stop-below-percent)";
        yield return "when the UPS says that its battery is low, or falls silent on battery";
        if (config.StopAfterMinutes is { } minutes)
            yield return $"after {minutes} min on battery (power.stop-after-minutes)";
        else if (PowerModels.Find(config.Model)?.Link == PowerLink.Contacts)
            yield return $"after {Power.Verdict.Words(Power.Verdict.Blind)} on battery, for contacts tell no charge";
    }

    private static string End(PowerConfig config, PowerModel model) =>
        model.Link == PowerLink.None ? "the box goes off"
        : !config.PowerOff ? model.Link == PowerLink.Nut ? "the box stays on; upsmon switches it off" : "the box stays on, until its battery is empty (power.power-off: no)"
        : config.Cut && model.Cut is { } cut ? $"the box goes off; the UPS then takes the power away ({cut.Meaning})"
        : "the box goes off";

    private static IEnumerable<string> Return(PowerConfig config)
    {
        if (PowerModels.Find(config.Model)?.Link != PowerLink.None)
            yield return $"mains that last for {Power.Verdict.Words(PowerPolicy.SteadyMains)} before the box is off: what was stopped is started again, the box stays on";
        yield return $"at the next boot: the network and the clock first, {Power.Verdict.Words(PowerPolicy.Patience)} at most";
        foreach (var role in config.Clients.GroupBy(c => c.Role).OrderByDescending(g => g.Key))
            yield return $"then {string.Join(", ", role.Select(c => c.Text))}, as far as this agent stopped {(role.Count() == 1 ? "it" : "them")}";
    }

    private static IEnumerable<string> Warn(PowerConfig config, PowerModel model, PowerFacts facts)
    {
        if (config.PowerOff && model.Link != PowerLink.None && !(config.Cut && model.Cut is not null))
            yield return "if mains come back before the battery is empty, a box that is off does not notice: it stays off until somebody, its firmware or its clock starts it (docs/power.md)";
        if (facts.Status.Trouble is { } trouble && model.Link != PowerLink.None)
            yield return $"the UPS cannot be used now: {trouble}";
        if (!config.Clients.Any())
            yield return "no client is named, so nothing is stopped in order";
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
[JsonSerializable(typeof(PowerPlan))]
public sealed partial class PowerPlanJson : JsonSerializerContext;

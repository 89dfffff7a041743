using System.Globalization;
using DVStakers.Edge.Core.Status;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>The cluster on one screen, as this box sees it: each box, its stacks, who serves whom, and what changed last. Pure; from 80 columns.</summary>
internal static class WatchScreen
{
    private const int Narrowest = 80;
    private const int Widest = 120;

    /// <param name="changes">Newest last.</param>
    public static string Render(StatusReport report, IEnumerable<string> changes, DateTimeOffset now, int width, Ink ink)
    {
        width = Math.Clamp(width, Narrowest, Widest);
        var screen = new ScreenText(width, ink);
        var silent = report.Peers.Count(p => p.Standing != "known");
        screen.Wrapped("", 0, $"{report.Cluster}: {(report.Peers.Count == 0 ? "1 box" : $"{report.Peers.Count + 1} boxes")}{(silent > 0 ? $", {silent} not heard" : "")}"
            + $"{(report.WallSlot is { } slot ? $" · slot {slot}" : "")} · MQTT {report.Mqtt.State.Replace('-', ' ')} · seen from {report.Box} at {now.UtcDateTime:HH:mm:ss} UTC");

        screen.Title($"{Printable.Of(report.Box)}, this box{(report.Drain.Box ? ", drained" : "")}{PowerWords(report.Power)}{(report.Busy ? ", busy" : "")}");
        screen.Wrapped($"  {Dot(report.Ready, ink)} ", 4, report.Serving is { } serving ? $"served by {serving}: {report.ServingReason}" : $"served by nobody: {report.ServingReason}");
        var own = report.Stacks.Where(s => s.Peer is null).ToList();
        screen.Wrapped("    ", 4, own.Count == 0 ? "no stacks of its own" : string.Join(" · ", own.Select(s => $"{s.Name} {(s.Recovering ? "recovering" : s.Tier)}")));
        if (report.Lent.Count > 0)
            screen.Wrapped("    ", 4, "lends " + string.Join(", ", report.Lent.Select(l => $"{l.Stack} to {l.Box}")));

        if (report.Peers.Count == 0)
        {
            screen.Title("No other box");
            screen.Wrapped("  ", 2, "This box is in no cluster, or nobody else is in it: no other lends it a node when its own fail. Members: dvstakers-edge cluster list. How to make or join one: docs/cluster.md");
        }
        foreach (var peer in report.Peers)
        {
            screen.Title($"{Printable.Of(peer.Box)}{(peer.Role == "auxiliary" ? ", auxiliary" : "")}{(peer.Draining ? ", drained" : "")}{PowerWords(peer.Standing == "known" ? peer.Power : null)}{(peer.Standing == "known" && peer.Busy ? ", busy" : "")}");
            if (peer.Standing != "known")
            {
                screen.Wrapped($"  {(peer.Standing == "silent" ? ink.Yellow("●") : ink.Dim("○"))} ", 4, peer.HeardAt is { } at
                    ? $"silent since {at.UtcDateTime:HH:mm:ss} UTC: nothing is assumed of it" : "not heard since this agent started");
                continue;
            }
            screen.Wrapped($"  {Dot(peer.Ready == true, ink)} ", 4, peer.Serving is { } stack ? $"served by {stack}: {peer.ServingReason}" : $"served by nobody: {peer.ServingReason}");
            screen.Wrapped("    ", 4, peer.Stacks.Count == 0 ? "no stacks of its own" : string.Join(" · ", peer.Stacks.Select(s => $"{s.Name} {s.Tier}")));
            if (peer.Refused > 0)
                screen.Wrapped($"  {ink.Yellow("!")} ", 4, $"{peer.Refused} messages in its name refused: {peer.RefusedKinds}; last: {peer.RefusedLast}");
        }

        screen.Title("Last changes");
        var lines = changes.ToList();
        if (lines.Count == 0)
            screen.Line("  none while you watch");
        foreach (var line in lines)
            screen.Wrapped("  ", 13, line);
        return screen.ToString();
    }

    /// <summary>What a person would want to know of what happened between two reports; each line with its reason.</summary>
    public static IEnumerable<string> Changes(StatusReport before, StatusReport after)
    {
        if (before.Serving != after.Serving)
            yield return $"{after.Box} is served by {after.Serving ?? "nobody"} instead of {before.Serving ?? "nobody"}: {after.ServingReason}";
        foreach (var peer in after.Peers)
        {
            if (before.Peers.FirstOrDefault(p => p.Box == peer.Box) is not { } was)
                yield return $"{peer.Box} is a member now";
            else if (was.Standing != peer.Standing)
                yield return peer.Standing == "known" ? $"{peer.Box} is heard" : $"{peer.Box} is silent: its agent, its broker or the way there is down";
            else if (peer.Standing == "known" && was.Serving != peer.Serving)
                yield return $"{peer.Box} is served by {peer.Serving ?? "nobody"} instead of {was.Serving ?? "nobody"}: {peer.ServingReason}";
            else if (was.Draining != peer.Draining)
                yield return $"{peer.Box} is {(peer.Draining ? "drained" : "in use again")}";
            else if (peer.Standing != "known")
                continue;
            else if (was.Power?.Stopping != true && peer.Power is { Stopping: true })
                yield return $"{peer.Box} stops its clients and goes off: {peer.Power.Reason}";
            else if (was.Power?.Source != peer.Power?.Source && peer.Power is { } power)
                yield return $"{peer.Box} {(power.Source == "battery" ? "lives on its battery" : power.Source == "mains" ? "has mains power again" : "does not know its power any more")}: {power.Reason}";
        }
        foreach (var gone in before.Peers.Where(p => after.Peers.All(a => a.Box != p.Box)))
            yield return $"{gone.Box} is no member any more";
    }

    /// <summary>Nothing where nothing watches it, or all is well.</summary>
    private static string PowerWords(PowerReport? power) => power switch
    {
        { Stopping: true } => ", going off",
        { Source: "battery" } => string.Create(CultureInfo.InvariantCulture,
            $", on battery{(power.ChargePercent is { } charge ? $" {charge:0} %" : "")}{(power.RunTimeLeftSeconds is { } left ? $", {left / 60} min left" : "")}"),
        { Source: "mains" } => ", on mains",
        _ => "",
    };

    private static string Dot(bool good, Ink ink) => good ? ink.Green("●") : ink.Red("●");
}

using System.Globalization;
using DVStakers.Edge.Core.Status;

namespace DVStakers.Edge.Agent.Cli;

/// <summary>The status as one screen: what matters most first, every problem with its remedy. Pure; from 80 columns.</summary>
internal sealed class StatusScreen
{
    private const int Narrowest = 80;
    private const int Widest = 120;

    private readonly ScreenText screen;
    private readonly Ink ink;
    private readonly int width;
    private readonly DateTimeOffset now;

    private StatusScreen(int width, Ink ink, DateTimeOffset now)
    {
        this.width = Math.Clamp(width, Narrowest, Widest);
        screen = new ScreenText(this.width, ink);
        this.ink = ink;
        this.now = now;
    }

    public static string Render(StatusReport report, DateTimeOffset now, int width, Ink ink)
    {
        var screen = new StatusScreen(width, ink, now);
        screen.Header(report);
        screen.Stacks(report);
        screen.Ranking(report);
        screen.Conditions(report);
        screen.Peers(report);
        screen.Panel(report);
        screen.Box(report);
        screen.Around(report);
        return screen.screen.ToString();
    }

    private void Header(StatusReport report)
    {
        var network = report.Network is { } name ? $" · {name}" : "";
        var slot = report.WallSlot is { } wall ? $" · slot {wall}" : "";
        screen.Line(ink.Bold("DVStakers.Edge") + Cut($" {report.Version} · {report.Box} in {report.Cluster}{network}{slot} · up {Age(report.StartedAt)}", width - 14));
        if (report.Ready)
            screen.Wrapped(ink.Green("● READY     "), 12, $"{report.Serving} serves the validator: {report.ServingReason}");
        else if (report.Serving is not null)
            screen.Wrapped(ink.Yellow("● DEGRADED  "), 12, $"{report.Serving} serves the validator as a last resort: {report.ServingReason}");
        else
            screen.Wrapped(ink.Red("● NOT READY "), 12, $"no stack may serve the validator: {report.ServingReason}");
    }

    private void Stacks(StatusReport report)
    {
        screen.Title("Stacks");
        if (report.Stacks.Count == 0)
        {
            screen.Line("  none configured, and none found on this machine yet");
            return;
        }
        // The other columns take 63.
        var names = Math.Clamp(report.Stacks.Max(s => s.Name.Length), 4, width - 63);
        screen.Line(ink.Dim($"  {"name".PadRight(names)}  {"state",-10}  {"head",10}  {"lag",4}  {"execution",-11}  {"peers",-8}  since"));
        foreach (var stack in report.Stacks)
        {
            var serving = stack.Name == report.Serving;
            var peers = $"{Number(stack.BeaconPeers)}/{Number(stack.ExecutionPeers)}";
            screen.Line($"{(serving ? ink.Green("▸") : " ")} {Cut(stack.Name, names).PadRight(names)}  {(stack.Recovering ? ink.Yellow("recovering") : Tier(stack.Tier, 10))}  {Number(stack.HeadSlot),10}  {Lag(stack.Lag)}"
                + $"  {Execution(stack.Execution)}  {peers,-8}  {Age(stack.Since)}");
            screen.Line(ink.Dim($"  {"".PadRight(names)}  {Cut(Clients(stack), width - names - 4)}"));
        }
    }

    private void Ranking(StatusReport report)
    {
        screen.Title("Ranking");
        var names = Math.Clamp(report.Ranking.Select(r => r.Name.Length).DefaultIfEmpty().Max(), 4, 20);
        foreach (var place in report.Ranking)
            screen.Wrapped($"{place.Place,2} {ink.Bold(Cut(place.Name, names).PadRight(names))}  {Tier(place.Tier, 10)}  ", 17 + names, place.Reason);
    }

    private void Conditions(StatusReport report)
    {
        screen.Title("Problems");
        if (report.Conditions.Count == 0)
            screen.Line("  none");
        foreach (var condition in report.Conditions)
        {
            var mark = condition.Severity switch { "error" => ink.Red("✖ "), "warning" => ink.Yellow("! "), _ => "· " };
            screen.Wrapped(mark, 2, $"{condition.Subject}: {condition.Title}, for {Age(condition.Since)} ({condition.Code})");
            screen.Wrapped("  ", 2, condition.Detail);
            screen.Wrapped(ink.Bold("  → "), 4, condition.Remedy);
        }
    }

    private void Peers(StatusReport report)
    {
        if (report.Peers.Count == 0)
            return;
        screen.Title("Peers");
        var names = Math.Clamp(report.Peers.Max(p => p.Box.Length), 4, 20);
        foreach (var peer in report.Peers)
        {
            var dot = peer.Standing switch
            {
                "known" => peer.Ready == true ? ink.Green("●") : ink.Red("●"),
                "silent" => ink.Yellow("●"),
                _ => ink.Dim("○"),
            };
            screen.Wrapped($"  {dot} {ink.Bold(Cut(peer.Box, names).PadRight(names))}  ", 6 + names, PeerWords(peer));
        }
    }

    private string PeerWords(PeerReport peer)
    {
        var heard = peer.HeardAt is { } at ? $"heard {Age(at)} ago" : "";
        var words = peer.Standing switch
        {
            "known" => $"{(peer.Ready == true ? "ready" : "not ready")}, {(peer.Serving is { } stack ? $"{stack} serves" : "nothing serves")} · {heard}",
            "silent" => $"silent, {heard}: nothing is assumed of it",
            _ => "not heard yet",
        };
        if (peer.ClockBehindMs is { } behind && Math.Abs(behind) > 2000)
            words += string.Create(CultureInfo.InvariantCulture, $" · its clock is {Math.Abs(behind) / 1000:0} s {(behind > 0 ? "behind" : "ahead")}");
        return peer.Refused > 0 ? $"{words} · {peer.Refused} refused ({peer.RefusedKinds})" : words;
    }

    private void Panel(StatusReport report)
    {
        screen.Title("Panel");
        foreach (var led in report.Panel)
            screen.Wrapped($"  {Dot(led)} {led.Name,-9}  {led.Pattern,-13}  ", 30, led.Meaning);
    }

    private void Box(StatusReport report)
    {
        if (report.Host is null && report.Clients.Count == 0)
            return;
        screen.Title("Box");
        if (report.Host is { } host)
            screen.Wrapped("  host     ", 11, BoxLines.Host(host));
        if (report.Clients.Count > 0)
            screen.Wrapped("  clients  ", 11, BoxLines.Clients(report.Clients));
    }

    private void Around(StatusReport report)
    {
        screen.Title("MQTT and proxy");
        var mqtt = report.Mqtt.State switch
        {
            "connected" => ink.Green("●"),
            "not-configured" => ink.Dim("○"),
            "connecting" => ink.Yellow("●"),
            _ => ink.Red("●"),
        };
        screen.Wrapped($"  {mqtt} mqtt   ", 11, $"{report.Mqtt.State.Replace('-', ' ')}{(report.Mqtt.Detail.Length > 0 ? ": " + report.Mqtt.Detail : "")}");
        var proxy = report.Proxy;
        screen.Wrapped($"  {(report.Ready ? ink.Green("●") : ink.Red("●"))} proxy  ", 11, string.Create(CultureInfo.InvariantCulture,
            $"http://{proxy.Listen} · {proxy.RequestsServed} served · {proxy.Failovers} failed over · {proxy.Hedges} hedged · {proxy.Broadcasts} broadcast · {proxy.StreamsOpen} event stream{(proxy.StreamsOpen == 1 ? "" : "s")} · {proxy.Refused} refused"));
    }

    private string Tier(string tier, int room) => tier switch
    {
        "healthy" => ink.Green(tier.PadRight(room)),
        "thin" or "lagging" => ink.Yellow(tier.PadRight(room)),
        _ => ink.Red(tier.PadRight(room)),
    };

    private string Execution(string state) => state switch
    {
        "in step" => ink.Green(state.PadRight(11)),
        "not seen" => ink.Dim(state.PadRight(11)),
        _ => ink.Red(state.PadRight(11)),
    };

    private string Lag(ulong? lag) => lag is null or <= 1 ? $"{Number(lag),4}" : ink.Yellow($"{Number(lag),4}");

    private string Dot(LedReport led) => led.Pattern switch
    {
        "off" => ink.Dim("○"),
        "solid" => ink.Green("●"),
        "slow blink" => ink.Yellow("◐"),
        _ => ink.Red("◐"),
    };

    private static string Clients(StackReport stack) => (stack.BeaconVersion, stack.ExecutionVersion) switch
    {
        (null, null) => "clients unknown",
        ({ } beacon, null) => NameAndVersion(beacon),
        (null, { } execution) => $"? + {NameAndVersion(execution)}",
        ({ } beacon, { } execution) => $"{NameAndVersion(beacon)} + {NameAndVersion(execution)}",
    };

    // Platform and compiler follow; they are in the JSON.
    private static string NameAndVersion(string version) => string.Join('/', version.Split('/').Take(2));

    private static string Number<T>(T? value) where T : struct, IFormattable => value?.ToString(null, CultureInfo.InvariantCulture) ?? "-";

    private static string Cut(string text, int room)
    {
        var safe = Printable.Of(text);
        return safe.Length <= room ? safe : safe[..(room - 1)] + "…";
    }

    private string Age(DateTimeOffset since) => (now - since) switch
    {
        { TotalSeconds: < 90 } age => $"{Math.Max(0, (int)age.TotalSeconds)} s",
        { TotalMinutes: < 90 } age => $"{(int)age.TotalMinutes} min",
        { TotalHours: < 48 } age => $"{(int)age.TotalHours} h",
        var age => $"{(int)age.TotalDays} d",
    };
}

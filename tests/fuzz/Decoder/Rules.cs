using System.Text.Json;
using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Fuzz.Decoder;

/// <summary>
/// What may be believed, said once more and more simply than the product does: by docs/mqtt.md, from the bytes, with nothing remembered but the last message of
/// each box. It never says that a message must be believed.
/// </summary>
internal sealed class Rules(Keys keys)
{
    private const int MostBytes = 65536;
    private const long MostBootAhead = 7 * 86400;
    private const double ClockSlack = 5;
    private const double ProofApart = 8;
    private const double SameAge = 3;

    private readonly Dictionary<string, (long Boot, long Sequence)> last = [];
    private readonly Dictionary<string, List<(double Age, TimeSpan At)>> heard = [];

    public (long Boot, long Sequence)? Last(string box) => last.TryGetValue(box, out var known) ? known : null;

    /// <summary>A restart of ours: what was believed stays, how the clocks are has to be learnt anew.</summary>
    public void Restart() => heard.Clear();

    /// <summary>A message that is signed as it should be, in whatever state its content is; null where it is not.</summary>
    public string? Signer(string topic, ReadOnlySpan<byte> payload, out byte[] json)
    {
        json = [];
        return topic.Split('/') is ["dvstakers", "kili", var box, "health"] && box != Cluster.Self && Cluster.Boxes.Contains(box)
            && payload.Length <= MostBytes && Keys.Signed(payload, topic, keys.Of(box), out json) ? box : null;
    }

    /// <summary>Throws where the product believed what it must not.</summary>
    public void Believed(string topic, ReadOnlySpan<byte> payload, DateTimeOffset now, TimeSpan since)
    {
        var box = Signer(topic, payload, out var json) ?? throw new RuleBrokenException("believed without the signature of its box");
        using var document = Parse(json) ?? throw new RuleBrokenException("believed, and it is no JSON");
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object)
            throw new RuleBrokenException("believed, and it is no object");
        if (LastOf(root, "box") is not { ValueKind: JsonValueKind.String } name || name.GetString() != box)
            throw new RuleBrokenException("believed in another box's name");
        var claim = (Number(root, "boot"), Number(root, "sequence"));
        if (last.TryGetValue(box, out var known) && claim.CompareTo(known) <= 0)
            throw new RuleBrokenException($"believed {claim} after {known}");
        if (claim.Item1 > now.ToUnixTimeSeconds() + MostBootAhead)
            throw new RuleBrokenException("believed a boot that cannot be yet");
        if (Number(root, "schema") < 1 || claim.Item2 < 1 || claim.Item1 < 0)
            throw new RuleBrokenException("believed a schema, boot or sequence out of range");
        if (LastOf(root, "time") is not { ValueKind: JsonValueKind.String } time || !time.TryGetDateTimeOffset(out var said))
            throw new RuleBrokenException("believed without a time");
        Fresh(box, (now - said).TotalSeconds, Math.Min(Number(root, "ttl_seconds"), 300), since);
        last[box] = claim;
    }

    /// <summary>A signed message that was not believed may still show how its box's clock is.</summary>
    public void Heard(string topic, ReadOnlySpan<byte> payload, DateTimeOffset now, TimeSpan since)
    {
        if (Signer(topic, payload, out var json) is not { } box)
            return;
        using var document = Parse(json);
        if (document is { RootElement: { ValueKind: JsonValueKind.Object } root } && LastOf(root, "time") is { ValueKind: JsonValueKind.String } time && time.TryGetDateTimeOffset(out var said))
            Remember(box, (now - said).TotalSeconds, since);
    }

    public static void InRange(PeerState said)
    {
        Require(said.TimeToLive >= TimeSpan.FromSeconds(1) && said.TimeToLive <= TimeSpan.FromMinutes(5), "time to live");
        Require(said.Schema >= 1 && said.Boot >= 0 && said.Sequence >= 1, "schema, boot or sequence");
        Require(said.ServingReason is null or { Length: <= 300 }, "serving reason");
        Require(said.Stacks.Count <= 64 && said.Stacks.All(s => IsName(s.Name) && (s.Peer is null || IsName(s.Peer)) && s.Head is not { Slot.Value: > long.MaxValue } && s.LagSlots is not > long.MaxValue), "stacks");
        Require(IsName(said.Box) && (said.Serving is null || IsName(said.Serving)) && (said.AgentVersion is null || IsName(said.AgentVersion)), "names");
        Require(said.Vote is null || (said.Ready && said.Vote is { Optimistic: false }), "vote");
        Require(said.Conditions is >= 0 and <= MostBytes, "conditions");
    }

    public static void InRange(Roster roster)
    {
        Require(roster.Schema == 1 && roster.Version >= 1 && IsName(roster.Cluster) && roster.Threshold is >= 0 and <= 1000, "roster");
        Require(roster.Members.Count <= 64 && roster.Members.Select(m => m.Box).Distinct().Count() == roster.Members.Count, "members");
        Require(roster.Members.All(m => IsName(m.Box) && m.Shares is >= 0 and <= 1000 && m.Role is MemberRole.Full or MemberRole.Auxiliary && m.Gateway is null or { Scheme: "https" }), "member");
        Require(roster.Removed.All(r => r is { Box: not null, Serial: not null }), "removed");
    }

    private void Fresh(string box, double age, double lives, TimeSpan since)
    {
        // Once a proof was given, what counts is measured from message to message, and that is the product's own matter.
        var proven = heard.GetValueOrDefault(box)?.Any(h => (since - h.At).TotalSeconds >= ProofApart - 0.1 && Math.Abs(h.Age - age) <= SameAge + 0.1) == true || provenBoxes.Contains(box);
        if (proven)
            provenBoxes.Add(box);
        else if (!behind.ContainsKey(box) && (age < -ClockSlack || age > lives))
            throw new RuleBrokenException($"believed {age:0.0} s old, with nothing that shows its clock to be off");
        Remember(box, age, since);
    }

    private readonly HashSet<string> provenBoxes = [];

    /// <summary>Boxes whose clock was known to be off before our restart.</summary>
    private readonly Dictionary<string, double> behind = [];

    public void KeepClocks(IEnumerable<string> boxes)
    {
        provenBoxes.Clear();
        foreach (var box in boxes)
            behind[box] = 0;
    }

    private void Remember(string box, double age, TimeSpan since)
    {
        if (!heard.TryGetValue(box, out var all))
            heard[box] = all = [];
        if (all.Count < 10_000)
            all.Add((age, since));
    }

    private static bool IsName(string text) => text.Length is > 0 and <= 64 && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');

    private static void Require(bool holds, string what)
    {
        if (!holds)
            throw new RuleBrokenException(what + " out of range");
    }

    private static JsonDocument? Parse(byte[] json)
    {
        try
        {
            return JsonDocument.Parse(json, new() { MaxDepth = 16 });
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static JsonElement? LastOf(JsonElement root, string key)
    {
        JsonElement? found = null;
        foreach (var property in root.EnumerateObject())
            if (property.NameEquals(key))
                found = property.Value;
        return found;
    }

    private static long Number(JsonElement root, string key) =>
        LastOf(root, key) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out var number) ? number : throw new RuleBrokenException($"believed without {key}");
}

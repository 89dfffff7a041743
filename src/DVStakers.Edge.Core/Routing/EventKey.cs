using System.Security.Cryptography;
using System.Text.Json;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Core.Routing;

/// <summary>
/// What makes an event the same event when two clients tell it: for heads and blocks the block, for everything else the data to the letter.
/// Clients write the same head with other white space, or with another execution_optimistic; a validator must still hear of it once.
/// </summary>
/// <param name="Slot">The slot it is about, where it is a head or block event.</param>
/// <param name="Root">The block it is about, likewise.</param>
public readonly record struct EventKey(string Identity, Slot? Slot, Root? Root = null)
{
    public static EventKey Of(string type, ReadOnlySpan<byte> data) => type switch
    {
        "head" or "block" or "block_gossip" => ByBlock(type, data, "slot", "block"),
        "head_v2" => ByHead(data),
        "finalized_checkpoint" => ByBlock(type, data, "epoch", "block"),
        "chain_reorg" => ByBlock(type, data, "slot", "new_head_block"),
        _ => ByContent(type, data),
    };

    private static EventKey ByBlock(string type, ReadOnlySpan<byte> data, string number, string block)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind == JsonValueKind.Object
                && json.RootElement.TryGetProperty(number, out var n) && n.ValueKind == JsonValueKind.String
                && json.RootElement.TryGetProperty(block, out var b) && b.ValueKind == JsonValueKind.String
                && ulong.TryParse(n.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var value)
                && Chain.Root.TryParse(b.GetString(), out var root))
                return number == "slot" ? new EventKey($"{type} {value} {root}", new Slot(value), root) : new EventKey($"{type} {value} {root}", null);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Passed on as it is; its content identifies it.
        }
        return ByContent(type, data);
    }

    /// <summary>Since Gloas a head is told twice where its payload came later: the status belongs to what it is.</summary>
    private static EventKey ByHead(ReadOnlySpan<byte> data)
    {
        try
        {
            var reader = new Utf8JsonReader(data);
            using var json = JsonDocument.ParseValue(ref reader);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("data", out var head) && head.ValueKind == JsonValueKind.Object
                && ByBlock("head_v2", System.Text.Encoding.UTF8.GetBytes(head.GetRawText()), "slot", "block") is { Root: not null } key)
                return key with { Identity = $"{key.Identity} {(head.TryGetProperty("payload_status", out var status) ? status.GetRawText() : "")}" };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Passed on as it is; its content identifies it.
        }
        return ByContent("head_v2", data);
    }

    private static EventKey ByContent(string type, ReadOnlySpan<byte> data) => new($"{type} {Convert.ToHexStringLower(SHA256.HashData(data))}", null);
}

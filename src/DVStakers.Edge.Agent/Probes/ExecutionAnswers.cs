using DVStakers.Edge.Core.Chain;
using System.Globalization;
using System.Text.Json;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>One method's outcome: a result, or the error that the client gave instead.</summary>
internal readonly record struct RpcOutcome(JsonElement? Result, string? Error);

/// <summary>Reads an execution client's JSON-RPC answers. Each method throws JsonException or FormatException for what the JSON-RPC methods do not say.</summary>
internal static class ExecutionAnswers
{
    /// <summary>What is asked, in this order; the id of each call is its place.</summary>
    public static readonly IReadOnlyList<string> Calls =
    [
        """{"jsonrpc":"2.0","id":0,"method":"eth_syncing","params":[]}""",
        """{"jsonrpc":"2.0","id":1,"method":"eth_getBlockByNumber","params":["latest",false]}""",
        """{"jsonrpc":"2.0","id":2,"method":"eth_chainId","params":[]}""",
        """{"jsonrpc":"2.0","id":3,"method":"net_peerCount","params":[]}""",
        """{"jsonrpc":"2.0","id":4,"method":"web3_clientVersion","params":[]}""",
    ];

    public static readonly string Batch = $"[{string.Join(',', Calls)}]";

    /// <summary>The outcomes by id, in the order of <see cref="Calls"/>; null where the answer is one error for all, so that batches are not taken.</summary>
    public static RpcOutcome[]? OfBatch(ReadOnlySpan<byte> body)
    {
        var answer = Root(body);
        if (answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error", out _))
            return null;
        if (answer.ValueKind != JsonValueKind.Array)
            throw new FormatException("not an array");
        var outcomes = new RpcOutcome?[Calls.Count];
        foreach (var element in answer.EnumerateArray())
            if (element.ValueKind == JsonValueKind.Object && element.TryGetProperty("id", out var id)
                && id.ValueKind == JsonValueKind.Number && id.TryGetInt32(out var place) && place >= 0 && place < outcomes.Length)
                outcomes[place] = Outcome(element);
        return [.. outcomes.Select((outcome, place) => outcome ?? throw new FormatException($"call {place} is not answered"))];
    }

    public static RpcOutcome OfCall(ReadOnlySpan<byte> body) => Outcome(Root(body));

    /// <summary>Anything but false means syncing; the object that says how far differs from client to client.</summary>
    public static bool IsSyncing(JsonElement result) => result.ValueKind != JsonValueKind.False;

    public static (Root Hash, Root? Parent, ulong Number, DateTimeOffset Time) Block(JsonElement result)
    {
        if (result.ValueKind != JsonValueKind.Object
            || !result.TryGetProperty("hash", out var hash) || hash.ValueKind != JsonValueKind.String || !Core.Chain.Root.TryParse(hash.GetString(), out var root)
            || !result.TryGetProperty("number", out var number)
            || !result.TryGetProperty("timestamp", out var timestamp))
            throw new FormatException("no block with hash, number and timestamp");
        var seconds = Quantity(timestamp);
        Root? parent = result.TryGetProperty("parentHash", out var text) && text.ValueKind == JsonValueKind.String && Core.Chain.Root.TryParse(text.GetString(), out var known) ? known : null;
        return seconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? (root, parent, Quantity(number), DateTimeOffset.FromUnixTimeSeconds((long)seconds))
            : throw new FormatException($"timestamp {seconds} is no time");
    }

    /// <summary>A quantity as the specification has it (0x and hexadecimal), or the plain number that some clients give for peers.</summary>
    public static ulong Quantity(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String when value.GetString() is ['0', 'x', _, ..] text
            && ulong.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var number) => number,
        JsonValueKind.Number when value.TryGetUInt64(out var number) => number,
        _ => throw new FormatException($"{value.GetRawText()} is not a quantity"),
    };

    private static RpcOutcome Outcome(JsonElement answer)
    {
        if (answer.ValueKind != JsonValueKind.Object)
            throw new FormatException("not an object");
        if (answer.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null)
        {
            var message = error.ValueKind == JsonValueKind.Object && error.TryGetProperty("message", out var text) && text.ValueKind == JsonValueKind.String
                ? text.GetString()!
                : error.GetRawText();
            return new RpcOutcome(null, message);
        }
        return answer.TryGetProperty("result", out var result)
            ? new RpcOutcome(result, null)
            : throw new FormatException("neither result nor error");
    }

    private static JsonElement Root(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        var root = JsonElement.ParseValue(ref reader);
        return reader.Read() ? throw new FormatException("more than one value") : root;
    }
}

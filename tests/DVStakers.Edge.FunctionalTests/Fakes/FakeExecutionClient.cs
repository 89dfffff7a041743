using Microsoft.AspNetCore.Http;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DVStakers.Edge.FunctionalTests.Fakes;

/// <summary>
/// An execution client's RPC port or, given a secret, its engine port: that one demands a fresh JWT and serves eth_ methods only.
/// Its head is the payload of <see cref="Chain"/>'s head.
/// </summary>
internal sealed class FakeExecutionClient : FakeServer
{
    private readonly byte[]? secret;
    private readonly TimeProvider time;
    private volatile FakeChain chain;

    private FakeExecutionClient(FakeChain chain, byte[]? secret, TimeProvider time) => (this.chain, this.secret, this.time) = (chain, secret, time);

    public FakeChain Chain
    {
        get => chain;
        set => chain = value;
    }

    public bool IsSyncing { get; set; }
    public int Peers { get; set; } = 25;
    public string Version { get; set; } = "FakeExecution/v1.0.0/linux-x64";

    /// <summary>False: answers a batch with one error object, as a client that does not take them.</summary>
    public bool TakesBatches { get; set; } = true;

    /// <summary>Answered to every request instead, while set.</summary>
    public Reply? Override { get; set; }

    /// <summary>Methods that answer with a JSON-RPC error.</summary>
    public IReadOnlySet<string> Failing { get; set; } = new HashSet<string>();

    /// <param name="secret">Makes it an engine port with this JWT secret.</param>
    /// <param name="port">0: a free one.</param>
    public static async Task<FakeExecutionClient> Start(FakeChain chain, byte[]? secret = null, TimeProvider? time = null, int port = 0)
    {
        var client = new FakeExecutionClient(chain, secret, time ?? TimeProvider.System);
        client.ListenOn(port);
        await client.Restart();
        return client;
    }

    protected override Task<Reply?> Answer(RecordedRequest request, HttpContext context) => Task.FromResult<Reply?>(Answer(request));

    private Reply Answer(RecordedRequest request)
    {
        if (Override is { } reply)
            return reply;
        if (secret is not null && WhyDenied(request.Header("Authorization")) is { } why)
            return new Reply { Status = 401, ContentType = "text/plain", Body = Encoding.UTF8.GetBytes(why) };
        return JsonNode.Parse(request.Text) switch
        {
            JsonArray batch when TakesBatches => Reply.Json(new JsonArray([.. batch.Select(call => (JsonNode)One(call!.AsObject()))]).ToJsonString()),
            JsonArray => Reply.Json(Error(null, -32600, "batches are not supported").ToJsonString()),
            JsonObject call => Reply.Json(One(call).ToJsonString()),
            _ => Reply.Json(Error(null, -32700, "parse error").ToJsonString()),
        };
    }

    private JsonObject One(JsonObject call)
    {
        var id = call["id"]?.DeepClone();
        var method = call["method"]!.GetValue<string>();
        if (Failing.Contains(method))
            return Error(id, -32000, $"{method} failed");
        if (secret is not null && !method.StartsWith("eth_", StringComparison.Ordinal) && !method.StartsWith("engine_", StringComparison.Ordinal))
            return Error(id, -32601, $"the method {method} does not exist/is not available");
        JsonNode? result = method switch
        {
            "eth_syncing" when IsSyncing => new JsonObject { ["startingBlock"] = "0x0", ["currentBlock"] = Hex(chain.HeadSlot), ["highestBlock"] = Hex(chain.HeadSlot + 100) },
            "eth_syncing" => false,
            "eth_blockNumber" => Hex(chain.HeadSlot),
            "eth_getBlockByNumber" => Block(chain),
            "eth_chainId" => Hex(chain.ChainId),
            "net_peerCount" => Hex((ulong)Peers),
            "web3_clientVersion" => Version,
            _ => null,
        };
        return result is null
            ? Error(id, -32601, $"the method {method} does not exist/is not available")
            : new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["result"] = result };
    }

    private static JsonObject Block(FakeChain chain) => new()
    {
        ["hash"] = chain.ExecutionHash,
        ["parentHash"] = chain.ParentExecutionHash,
        ["number"] = Hex(chain.HeadSlot),
        ["timestamp"] = Hex((ulong)chain.HeadTime.ToUnixTimeSeconds()),
        ["gasLimit"] = "0x2255100",
        ["gasUsed"] = "0x0",
        ["transactions"] = new JsonArray(),
        ["uncles"] = new JsonArray(),
    };

    private static JsonObject Error(JsonNode? id, int code, string message) =>
        new() { ["jsonrpc"] = "2.0", ["id"] = id, ["error"] = new JsonObject { ["code"] = code, ["message"] = message } };

    private static string Hex(ulong value) => $"0x{value:x}";

    // The Engine API's authentication: HS256 over header.claims, and iat within 60 s of now.
    private string? WhyDenied(string? authorization)
    {
        if (authorization?.Split(' ') is not ["Bearer", var token] || token.Split('.') is not [var header, var claims, var signature])
            return "missing token";
        if (!HMACSHA256.HashData(secret!, Encoding.ASCII.GetBytes($"{header}.{claims}")).AsSpan().SequenceEqual(Base64Url.DecodeFromChars(signature)))
            return "signature is invalid";
        using var parsedHeader = JsonDocument.Parse(Base64Url.DecodeFromChars(header));
        if (parsedHeader.RootElement.GetProperty("alg").GetString() != "HS256")
            return "algorithm is not HS256";
        using var parsed = JsonDocument.Parse(Base64Url.DecodeFromChars(claims));
        var age = time.GetUtcNow().ToUnixTimeSeconds() - parsed.RootElement.GetProperty("iat").GetInt64();
        return Math.Abs(age) <= 60 ? null : "stale token";
    }
}

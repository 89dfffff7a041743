using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Chain;

namespace DVStakers.Edge.Agent.Config;

/// <summary>A beacon node that said so itself.</summary>
/// <param name="HeadBlock">Execution block hash of its head; null where it does not give one.</param>
internal sealed record FoundBeacon(Uri Address, string Version, Root? HeadBlock);

/// <summary>An execution client that said so itself.</summary>
/// <param name="JwtSecret">Path of the secret that opened its engine port; null for an open JSON-RPC port.</param>
internal sealed record FoundExecution(Uri Address, string Version, ulong ChainId, string? JwtSecret);

/// <summary>Asks an address what it is. Anything but the right answer in time is "not one", never an exception: at discovery most ports are somebody else's.</summary>
internal sealed class NodeIdentity(TimeProvider time, TimeSpan patience)
{
    // A block with blobs' commitments as JSON stays far below; whatever is larger is not a beacon node's answer.
    private const int MaxAnswer = 32 << 20;

    public async Task<FoundBeacon?> Beacon(Uri address, CancellationToken stop)
    {
        using var node = new NodeClient("discovery", address);
        using var said = await Ask(node, () => node.Request(HttpMethod.Get, "/eth/v1/node/version"), stop);
        // Charon answers the Beacon API too, but stands in front of beacon nodes and must not be ranked as one.
        if (Text(said?.Answer, "data", "version") is not { Length: > 0 } version || version.Contains("charon", StringComparison.OrdinalIgnoreCase))
            return null;
        return new(address, version, await HeadBlock(node, stop));
    }

    /// <param name="unauthorised">Set where it answered 401 or 403: an engine port, and the secret is wrong or missing.</param>
    public async Task<FoundExecution?> Execution(Uri address, string? jwtSecret, CancellationToken stop, Action? unauthorised = null)
    {
        using var node = new NodeClient("discovery", address);
        using var chain = await Ask(node, () => Rpc(node, "eth_chainId", "", jwtSecret), stop);
        if (chain?.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            unauthorised?.Invoke();
        if (Hex(Text(chain?.Answer, "result")) is not { } chainId)
            return null;
        using var version = await Ask(node, () => Rpc(node, "web3_clientVersion", "", jwtSecret), stop);
        // An engine port need not serve web3_clientVersion; eth_chainId through a valid secret is proof enough there.
        return Text(version?.Answer, "result") is { Length: > 0 } name ? new(address, name, chainId, jwtSecret)
            : jwtSecret is not null ? new(address, "", chainId, jwtSecret) : null;
    }

    /// <summary>True when the block is its latest, or one that it knows.</summary>
    public async Task<bool> HasBlock(FoundExecution execution, Root block, CancellationToken stop)
    {
        using var node = new NodeClient("discovery", execution.Address);
        using var latest = await Ask(node, () => Rpc(node, "eth_getBlockByNumber", "\"latest\",false", execution.JwtSecret), stop);
        if (Text(latest?.Answer, "result", "hash") == block.ToString())
            return true;
        using var named = await Ask(node, () => Rpc(node, "eth_getBlockByHash", $"\"{block}\",false", execution.JwtSecret), stop);
        return Text(named?.Answer, "result", "hash") == block.ToString();
    }

    private async Task<Root?> HeadBlock(NodeClient node, CancellationToken stop)
    {
        // The blinded form is a hundredth of the size; not every client has it.
        foreach (var (path, payload) in new[] { ("/eth/v1/beacon/blinded_blocks/head", "execution_payload_header"), ("/eth/v2/beacon/blocks/head", "execution_payload") })
        {
            using var block = await Ask(node, () => node.Request(HttpMethod.Get, path), stop);
            if (Root.TryParse(Text(block?.Answer, "data", "message", "body", payload, "block_hash"), out var hash))
                return hash;
        }
        return null;
    }

    private HttpRequestMessage Rpc(NodeClient node, string method, string parameters, string? jwtSecret)
    {
        var request = node.Request(HttpMethod.Post, "");
        request.Content = new StringContent($$"""{"jsonrpc":"2.0","id":1,"method":"{{method}}","params":[{{parameters}}]}""", Encoding.UTF8, "application/json");
        if (jwtSecret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", JwtToken.Create(JwtToken.ParseSecret(File.ReadAllText(jwtSecret)), time.GetUtcNow()));
        return request;
    }

    private sealed record Said(HttpStatusCode Status, JsonDocument? Answer) : IDisposable
    {
        public void Dispose() => Answer?.Dispose();
    }

    private async Task<Said?> Ask(NodeClient node, Func<HttpRequestMessage> ask, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            using var request = ask();
            request.Headers.Accept.Add(new("application/json"));
            using var response = await node.Send(request, either.Token);
            if (!response.IsSuccessStatusCode)
                return new(response.StatusCode, null);
            await response.Content.LoadIntoBufferAsync(MaxAnswer, either.Token);
            return new(response.StatusCode, await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(either.Token), cancellationToken: either.Token));
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or UnauthorizedAccessException or FormatException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private static string? Text(JsonDocument? answer, params ReadOnlySpan<string> path)
    {
        if (answer is null)
            return null;
        var at = answer.RootElement;
        foreach (var name in path)
            if (at.ValueKind != JsonValueKind.Object || !at.TryGetProperty(name, out at))
                return null;
        return at.ValueKind == JsonValueKind.String ? at.GetString() : null;
    }

    private static ulong? Hex(string? text) =>
        text is not null && text.StartsWith("0x", StringComparison.Ordinal)
        && ulong.TryParse(text.AsSpan(2), System.Globalization.NumberStyles.AllowHexSpecifier, System.Globalization.CultureInfo.InvariantCulture, out var number) ? number : null;
}

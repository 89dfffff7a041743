using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;
using System.Buffers;
using System.Text.Json;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>
/// Learns the execution hash of a head block: the block that the execution client must have as its latest when both are in step.
/// Since Gloas a block commits to a payload that its builder reveals later, or never. While the beacon node has not seen it, the execution client
/// rightly stands at the payload before; so the envelope is asked for, and asked for again until it is there.
/// </summary>
internal sealed class BeaconPayload(NodeClient node, TimeProvider time, ILogger log)
{
    /// <summary>Above the largest single token in a block: a transaction in hexadecimal.</summary>
    private const int MaxTokenBytes = 8 << 20;

    private readonly ProbeRequests requests = new(node, time);
    private Root? learnedFor;
    private Root? learned;

    /// <summary>Null where the node does not tell; asked again with the next reading.</summary>
    public async Task<Root?> HashOf(Root head, CancellationToken cancel)
    {
        if (learnedFor == head)
            return learned;
        var scan = await Scan($"/eth/v1/beacon/blinded_blocks/{head}", cancel).ConfigureAwait(false)
            ?? await Scan($"/eth/v2/beacon/blocks/{head}", cancel).ConfigureAwait(false);
        if (scan is null)
            return null;
        if (scan.ParentHash is not null && !await IsRevealed(head, cancel).ConfigureAwait(false))
            return scan.ParentHash;
        (learnedFor, learned) = (head, scan.BlockHash);
        return learned;
    }

    public void Forget() => (learnedFor, learned) = (null, null);

    private async Task<ExecutionHashScan?> Scan(string path, CancellationToken cancel)
    {
        try
        {
            return await requests.Send(node.Request(HttpMethod.Get, path), ScanBody, cancel).ConfigureAwait(false);
        }
        catch (ProbeException e)
        {
            log.PartNotRead(node.Name, e.Message);
            return null;
        }
    }

    private async Task<bool> IsRevealed(Root head, CancellationToken cancel)
    {
        try
        {
            return await requests.Send(
                node.Request(HttpMethod.Get, $"/eth/v1/beacon/execution_payload_envelopes/{head}"),
                static (_, _) => ValueTask.FromResult(true),
                cancel).ConfigureAwait(false);
        }
        catch (ProbeException e)
        {
            log.PartNotRead(node.Name, e.Message);
            return false;
        }
    }

    private static async ValueTask<ExecutionHashScan> ScanBody(HttpResponseMessage response, CancellationToken cancel)
    {
        using var stream = await response.Content.ReadAsStreamAsync(cancel).ConfigureAwait(false);
        var scan = new ExecutionHashScan();
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var kept = 0;
            while (!scan.Done)
            {
                if (kept == buffer.Length)
                    buffer = Grow(buffer, response);
                var read = await stream.ReadAsync(buffer.AsMemory(kept), cancel).ConfigureAwait(false);
                var consumed = scan.Read(buffer.AsSpan(0, kept + read), isLast: read == 0);
                kept = kept + read - consumed;
                buffer.AsSpan(consumed, kept).CopyTo(buffer);
                if (read == 0)
                    break;
            }
            return scan;
        }
        catch (JsonException e)
        {
            throw new ProbeException(Reach.Malformed, $"{response.RequestMessage?.RequestUri} should answer with a beacon block, but its answer is not JSON ({e.Message})", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer, HttpResponseMessage response)
    {
        if (buffer.Length >= MaxTokenBytes)
            throw new ProbeException(Reach.Malformed, $"{response.RequestMessage?.RequestUri} answered with a JSON token of more than {MaxTokenBytes} bytes, which no block has");
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}

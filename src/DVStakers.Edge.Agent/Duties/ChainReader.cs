using System.Buffers;
using System.Net.Http.Headers;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.Routing;
using DVStakers.Edge.Core.State;
using Microsoft.Extensions.Logging;
using Polly;
using Polly.Timeout;

namespace DVStakers.Edge.Agent.Duties;

/// <summary>Reads the blocks that tell what became of duties, from the best stack there is, else the next. Null where none has it; it is asked for again later.</summary>
internal sealed class ChainReader(NodeTable nodes, TimeProvider time, ILogger log)
{
    /// <summary>Far above any block: this much of a body is read, no more.</summary>
    private const int MostBytes = 16 << 20;

    /// <summary>Nothing here is urgent, but it is a node of the validator: it must not be kept busy for long.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly ResiliencePipeline patience = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(Patience).Build();

    private delegate T Parse<out T>(ReadOnlySpan<byte> body);

    public Task<ChainBlock?> Block(Root root, Snapshot snapshot, CancellationToken stop) =>
        Read($"/eth/v2/beacon/blocks/{root}", snapshot, body => BlockAnswers.Block(body, root), stop);

    /// <summary>The genesis block has no body that a node could give, and some nodes know its header by that name only.</summary>
    public async Task<ChainBlock?> Header(Root root, Snapshot snapshot, CancellationToken stop)
    {
        var header = await Read($"/eth/v1/beacon/headers/{root}", snapshot, BlockAnswers.Header, stop).ConfigureAwait(false)
            ?? await Read("/eth/v1/beacon/headers/genesis", snapshot, BlockAnswers.Header, stop).ConfigureAwait(false);
        return header?.Root == root ? header : null;
    }

    public Task<IReadOnlyList<int>?> CommitteeSizes(Slot slot, Snapshot snapshot, CancellationToken stop) =>
        Read($"/eth/v1/beacon/states/head/committees?slot={slot}", snapshot, body => DutyAnswers.CommitteeSizes(body, slot), stop);

    /// <summary>Asks the same node once more what it told the client, where that could not be kept.</summary>
    public async Task<byte[]?> Again(DutiesAnswered seen, CancellationToken stop)
    {
        if (nodes.Of([seen.Node]).FirstOrDefault() is not { } node)
            return null;
        using var request = node.Request(HttpMethod.Parse(seen.Method), seen.Path);
        if (seen.Asked.Length > 0)
            request.Content = new ByteArrayContent(seen.Asked) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return await Send(node, request, static body => body.ToArray(), stop).ConfigureAwait(false);
    }

    private async Task<T?> Read<T>(string path, Snapshot snapshot, Parse<T> parse, CancellationToken stop) where T : class
    {
        foreach (var node in nodes.Of(Candidates.ForRead(snapshot, RouteClass.HeadRead)))
        {
            using var request = node.Request(HttpMethod.Get, path);
            if (await Send(node, request, parse, stop).ConfigureAwait(false) is { } found)
                return found;
        }
        return null;
    }

    private async Task<T?> Send<T>(NodeClient node, HttpRequestMessage request, Parse<T> parse, CancellationToken stop) where T : class
    {
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            return await patience.ExecuteAsync(
                async token =>
                {
                    using var response = await node.Send(request, token).ConfigureAwait(false);
                    if (!response.IsSuccessStatusCode)
                        throw new HttpRequestException($"HTTP {(int)response.StatusCode}");
                    using var body = await response.Content.ReadAsStreamAsync(token).ConfigureAwait(false);
                    var filled = 0;
                    while (await body.ReadAsync(buffer.AsMemory(filled), token).ConfigureAwait(false) is > 0 and var read)
                        if ((filled += read) == buffer.Length)
                            buffer = Grown(buffer);
                    return parse(buffer.AsSpan(0, filled));
                },
                stop).ConfigureAwait(false);
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FormatException or TimeoutRejectedException || e is OperationCanceledException && !stop.IsCancellationRequested)
        {
            log.NotRead(node.Name, request.RequestUri!.PathAndQuery, e.Message);
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grown(byte[] buffer)
    {
        if (buffer.Length >= MostBytes)
            throw new FormatException($"the answer is larger than {MostBytes >> 20} MiB");
        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}

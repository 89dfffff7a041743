using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;
using System.Net.Http.Headers;
using System.Text;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>
/// Reads an execution client, by one JSON-RPC batch, through its RPC port or its engine port. It must answer eth_syncing and
/// eth_getBlockByNumber; an engine port need not serve the rest.
/// </summary>
/// <param name="jwtSecret">Path of the engine port's secret; null for an RPC port. Read each time: the client may write a new one when it starts.</param>
internal sealed class ExecutionProbe(NodeClient node, string? jwtSecret, TimeProvider time, ILogger log) : IProbe
{
    private readonly ProbeRequests requests = new(node, time);
    private readonly string place = $"POST {node.Address}";
    private bool takesBatches = true;

    public string Stack => node.Name;

    public async Task<Observation> Read(CancellationToken cancel)
    {
        // The reading is of the time of asking: a block that comes while the client answers may not be in the answer.
        var at = time.GetUtcNow();
        var started = time.GetTimestamp();
        var outcomes = takesBatches ? await AskAtOnce(cancel).ConfigureAwait(false) : null;
        outcomes ??= await AskOneByOne(cancel).ConfigureAwait(false);
        var roundTrip = time.GetElapsedTime(started);
        return new ExecutionSeen(Stack, Parse(outcomes, place) with { At = at, RoundTrip = roundTrip });
    }

    public Observation Lost(ProbeException why)
    {
        takesBatches = true;
        return new ExecutionSeen(Stack, new ExecutionReading { At = time.GetUtcNow(), Reach = why.Reach, Problem = why.Message });
    }

    /// <param name="outcomes">In the order of <see cref="ExecutionAnswers.Calls"/>.</param>
    public static ExecutionReading Parse(IReadOnlyList<RpcOutcome> outcomes, string place)
    {
        try
        {
            var block = ExecutionAnswers.Block(Needed(outcomes[1], "eth_getBlockByNumber", place));
            return new ExecutionReading
            {
                At = default,
                Reach = Reach.Ok,
                IsSyncing = ExecutionAnswers.IsSyncing(Needed(outcomes[0], "eth_syncing", place)),
                LatestHash = block.Hash,
                LatestParent = block.Parent,
                LatestNumber = block.Number,
                LatestTime = block.Time,
                ChainId = outcomes[2].Result is { } chain ? ExecutionAnswers.Quantity(chain) : null,
                Peers = outcomes[3].Result is { } peers ? (int)Math.Min(ExecutionAnswers.Quantity(peers), int.MaxValue) : null,
                Version = outcomes[4].Result is { ValueKind: System.Text.Json.JsonValueKind.String } version ? version.GetString() : null,
            };
        }
        catch (FormatException e)
        {
            throw new ProbeException(Reach.Malformed, $"{place} does not answer as an execution client: {e.Message}", e);
        }
    }

    private static System.Text.Json.JsonElement Needed(RpcOutcome outcome, string method, string place) =>
        outcome.Result ?? throw new ProbeException(Reach.Refused, $"{place} answered {method} with the error '{outcome.Error}'");

    private async Task<RpcOutcome[]?> AskAtOnce(CancellationToken cancel)
    {
        string refusal;
        try
        {
            if (await Post(ExecutionAnswers.Batch, "a JSON-RPC batch", ExecutionAnswers.OfBatch, cancel).ConfigureAwait(false) is { } outcomes)
                return outcomes;
            refusal = "one error for the whole batch";
        }
        catch (ProbeException e) when (e.Reach == Reach.Refused)
        {
            refusal = e.Message;
        }
        // Whether it was the batch or the client as a whole shows when its methods are called one by one.
        log.NoBatches(Stack, refusal);
        takesBatches = false;
        return null;
    }

    private Task<RpcOutcome[]> AskOneByOne(CancellationToken cancel) =>
        Task.WhenAll(ExecutionAnswers.Calls.Select(call => Post(call, "a JSON-RPC answer", ExecutionAnswers.OfCall, cancel)));

    private async Task<T> Post<T>(string json, string expected, ProbeRequests.Parse<T> parse, CancellationToken cancel)
    {
        var request = node.Request(HttpMethod.Post, "");
        request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(json)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        if (jwtSecret is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", JwtToken.Create(await Secret(jwtSecret, cancel).ConfigureAwait(false), time.GetUtcNow()));
        return await requests.Send(
            request,
            async (response, token) => ProbeRequests.Parsed(await ProbeRequests.Body(response, token).ConfigureAwait(false), place, expected, parse),
            cancel).ConfigureAwait(false);
    }

    private static async Task<byte[]> Secret(string path, CancellationToken cancel)
    {
        try
        {
            return JwtToken.ParseSecret(await File.ReadAllTextAsync(path, cancel).ConfigureAwait(false));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ProbeException(Reach.Denied, $"The JWT secret file {path} cannot be used: {e.Message}", e);
        }
    }
}

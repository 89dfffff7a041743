using System.Security.Cryptography;
using System.Threading.Channels;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Ranking;
using DVStakers.Edge.Core.Readings;
using DVStakers.Edge.Core.State;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// Remembers the subscriptions, proposer preparations and registrations of about the last epoch, and gives them to a node that comes back.
/// Without them a restarted node would not aggregate, and would build blocks for its own default fee recipient.
/// </summary>
/// <param name="observations">Where it is told that a node has them; null: nobody waits for that.</param>
internal sealed class Preparations(SnapshotFeed state, NodeTable nodes, ChannelWriter<Observation>? observations, TimeProvider time, ILogger log)
{
    /// <summary>Several validator clients send several bodies each; beyond this the oldest is forgotten.</summary>
    private const int Capacity = 256;

    /// <summary>The registrations of some ten thousand validators.</summary>
    private const long MostBytes = 16 << 20;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Remembered> bodies = [];

    public void Remember(ClientRequest request)
    {
        var headers = request.Context.Request.Headers
            .Where(h => h.Key is "Content-Type" or "Eth-Consensus-Version" or "Content-Encoding")
            .Select(h => KeyValuePair.Create(h.Key, h.Value.ToString())).ToArray();
        var key = request.PathAndQuery + Convert.ToHexString(SHA256.HashData(request.Body.Span));
        lock (gate)
        {
            bodies[key] = new Remembered(request.PathAndQuery, headers, request.Body.ToArray(), time.GetUtcNow());
            while (bodies.Count > Capacity || Bytes > MostBytes)
                bodies.Remove(bodies.MinBy(b => b.Value.At).Key);
        }
    }

    /// <summary>How much is remembered.</summary>
    public long Bytes => bodies.Values.Sum(b => (long)b.Body.Length);

    /// <summary>
    /// Watches for nodes that recover: what they were sent while they were not well may not have reached them. They are used again when they have it;
    /// one that is used at once, because nothing better is there, gets it at once too.
    /// </summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            var before = state.Current;
            while (true)
            {
                var now = await state.NewerThan(before, stop).ConfigureAwait(false);
                var back = now.Stacks.Where(s => (s.IsRecovering && !s.IsPrepared) || CameBackUnprepared(s)).Select(s => s.Name).ToList();
                before = now;
                await Task.WhenAll(nodes.Of(back).Select(n => GiveTo(n, now, stop))).ConfigureAwait(false);

                bool CameBackUnprepared(StackStatus stack) => stack.Tier.TakesSubmissions()
                    && before.Stacks.Any(b => b.Name == stack.Name && b.Tier > stack.Tier && !b.IsPrepared);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task GiveTo(NodeClient node, Snapshot snapshot, CancellationToken stop)
    {
        Remembered[] given;
        // Duties are known two epochs ahead; what is older is over.
        var oldest = time.GetUtcNow() - (snapshot.Spec is { } spec ? spec.SlotDuration * spec.SlotsPerEpoch * 2 : TimeSpan.FromMinutes(13));
        lock (gate)
            given = [.. bodies.Values.Where(b => b.At >= oldest).OrderBy(b => b.At)];
        var taken = 0;
        foreach (var body in given)
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2), time);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
            try
            {
                using var message = node.Request(HttpMethod.Post, body.PathAndQuery);
                message.Content = new ReadOnlyMemoryContent(body.Body);
                foreach (var (name, value) in body.Headers)
                    if (!message.Headers.TryAddWithoutValidation(name, value))
                        message.Content.Headers.TryAddWithoutValidation(name, value);
                using var response = await node.Send(message, patience.Token).ConfigureAwait(false);
                if (response.IsSuccessStatusCode)
                    taken++;
                else
                    log.PreparationRefused(node.Name, body.PathAndQuery, (int)response.StatusCode);
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                log.PreparationFailed(node.Name, body.PathAndQuery, e.Message);
                return;
            }
        }
        if (observations is not null)
            await observations.WriteAsync(new PreparedSeen(node.Name), stop).ConfigureAwait(false);
        if (given.Length > 0)
            log.Prepared(node.Name, given.Length, taken);
    }
}

/// <summary>A body as it was sent, so that the same bytes can go out again.</summary>
internal sealed record Remembered(string PathAndQuery, KeyValuePair<string, string>[] Headers, ReadOnlyMemory<byte> Body, DateTimeOffset At);

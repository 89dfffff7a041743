using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>
/// Reads a beacon node. It must answer for its state and its head; peers, version, specification and the head's execution hash are null where it
/// does not answer for them. The last three are asked for only when they may have changed.
/// </summary>
/// <param name="isPeer">It is another box's gateway: what its execution client has, its own agent compares; and it may be far away.</param>
internal sealed class BeaconProbe(NodeClient node, TimeProvider time, ILogger log, bool isPeer = false) : IProbe
{
    /// <summary>A node can be upgraded behind a load balancer or between two readings.</summary>
    private static readonly TimeSpan VersionAge = TimeSpan.FromMinutes(5);

    private readonly ProbeRequests requests = new(node, time, isPeer ? ProbeRequests.PatienceWithPeer : null);
    private readonly BeaconPayload payload = new(node, time, log);
    private ChainSpec? spec;
    private string? version;
    private DateTimeOffset versionRead;

    public string Stack => node.Name;

    public async Task<Observation> Read(CancellationToken cancel)
    {
        // The reading is of the time of asking: a head event that comes while the node answers is newer than the answer.
        var at = time.GetUtcNow();

        // 1. What a duty depends on; all at once, so that a silent node costs one time limit.
        var syncing = ReadSyncing(cancel);
        var header = requests.Get("/eth/v1/beacon/headers/head", "data.root, data.header.message.slot, its parent_root and execution_optimistic", BeaconAnswers.Header, cancel);
        var peers = OrNull(() => requests.Get<int?>("/eth/v1/node/peer_count", "data.connected", body => BeaconAnswers.Peers(body), cancel));
        await Task.WhenAll(syncing, header, peers).ConfigureAwait(false);
        var (state, clockOffset, roundTrip) = await syncing.ConfigureAwait(false);
        var (head, parent) = await header.ConfigureAwait(false);

        // 2. What seldom changes.
        var hash = isPeer ? Task.FromResult<Root?>(null) : payload.HashOf(head.Root, cancel);
        await Task.WhenAll(hash, RefreshSpec(cancel), RefreshVersion(cancel)).ConfigureAwait(false);

        return new BeaconSeen(Stack, new BeaconReading
        {
            At = at,
            Reach = Reach.Ok,
            Head = head,
            HeadParent = parent,
            ExecutionHash = await hash.ConfigureAwait(false),
            IsSyncing = state.IsSyncing,
            IsOptimistic = state.IsOptimistic,
            ElOffline = state.ElOffline,
            Peers = await peers.ConfigureAwait(false),
            Version = version,
            Spec = spec,
            ClockOffset = clockOffset,
            RoundTrip = roundTrip,
        });
    }

    public Observation Lost(ProbeException why)
    {
        (spec, version) = (null, null);
        payload.Forget();
        return new BeaconSeen(Stack, new BeaconReading { At = time.GetUtcNow(), Reach = why.Reach, Problem = why.Message });
    }

    private async Task<(BeaconShapes.Syncing State, TimeSpan? ClockOffset, TimeSpan RoundTrip)> ReadSyncing(CancellationToken cancel)
    {
        var request = node.Request(HttpMethod.Get, "/eth/v1/node/syncing");
        var place = $"GET {request.RequestUri}";
        var sent = time.GetUtcNow();
        var started = time.GetTimestamp();
        return await requests.Send(
            request,
            async (response, token) =>
            {
                var received = time.GetUtcNow();
                var body = await ProbeRequests.Body(response, token).ConfigureAwait(false);
                var roundTrip = time.GetElapsedTime(started);
                TimeSpan? offset = response.Headers.Date is { } date ? ClockOffset.AtLeast(date, sent, received) : null;
                return (ProbeRequests.Parsed(body, place, "data.is_syncing, data.is_optimistic and data.el_offline", BeaconAnswers.Syncing), offset, roundTrip);
            },
            cancel).ConfigureAwait(false);
    }

    private async Task RefreshSpec(CancellationToken cancel)
    {
        if (spec is not null)
            return;
        const string path = "/eth/v1/config/spec";
        var entries = OrNull(() => requests.Get(path, "data with the network's parameters", BeaconAnswers.Spec, cancel));
        var genesis = OrNull(() => requests.Get<(DateTimeOffset, Root)?>(
            "/eth/v1/beacon/genesis", "data.genesis_time and data.genesis_validators_root", body => BeaconAnswers.Genesis(body), cancel));
        await Task.WhenAll(entries, genesis).ConfigureAwait(false);
        if (await entries.ConfigureAwait(false) is not { } given || await genesis.ConfigureAwait(false) is not { } start)
            return;
        try
        {
            spec = ChainSpecAnswers.Combine(given, start);
        }
        catch (FormatException e)
        {
            throw new ProbeException(Reach.Malformed, $"{node.Address.AbsoluteUri.TrimEnd('/')}{path} does not describe a network: {e.Message}", e);
        }
    }

    private async Task RefreshVersion(CancellationToken cancel)
    {
        if (version is not null && time.GetUtcNow() - versionRead < VersionAge)
            return;
        version = await OrNull(() => requests.Get("/eth/v1/node/version", "data.version", BeaconAnswers.Version, cancel)).ConfigureAwait(false);
        versionRead = time.GetUtcNow();
    }

    /// <summary>Null where the node does not answer for a part that it can be judged without. What makes no sense is not excused.</summary>
    private async Task<T?> OrNull<T>(Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (ProbeException e) when (e.Reach != Reach.Malformed)
        {
            log.PartNotRead(Stack, e.Message);
            return default;
        }
    }
}

using System.Globalization;
using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Agent.Probes;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>
/// Keeps the rosters of two boxes alike without any broker: each answer of a peer's gateway says which version that box has, and whoever asked takes the newer
/// one from it, or hands it over. So a removal is in force everywhere while brokers restart, are cut off, or are down.
/// </summary>
/// <param name="client">To the peer's gateway.</param>
internal sealed class RosterExchange(NodeClient client, string peer, Membership membership, TimeProvider time, ILogger log)
{
    /// <summary>In every answer of a gateway: the version of its box's roster, where that is one that the CA signed.</summary>
    public const string Header = "DVStakers-Edge-Roster";

    /// <summary>At a gateway: GET the roster with its signature, PUT a newer one.</summary>
    public const string Path = "/dvstakers/v1/roster";

    /// <summary>One comparison of a few numbers.</summary>
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>After an exchange that failed. A peer that is gone says no version either, so this is for what seldom goes wrong.</summary>
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    /// <summary>A peer that took a version and says an older one all the same was started anew without it, or lies.</summary>
    private static readonly TimeSpan AgainWhatWasTaken = TimeSpan.FromMinutes(1);

    private readonly ProbeRequests requests = new(client, time, ProbeRequests.PatienceWithPeer);

    private string? objection;

    /// <summary>0: it has not said.</summary>
    private long theirs;

    /// <summary>Notes the version, and takes it out of the answer: it is no business of a validator's.</summary>
    public void Hear(HttpResponseMessage answer)
    {
        if (!answer.Headers.NonValidated.TryGetValues(Header, out var said))
            return;
        answer.Headers.Remove(Header);
        if (long.TryParse(said.ToString(), NumberStyles.None, CultureInfo.InvariantCulture, out var version))
            Volatile.Write(ref theirs, version);
    }

    /// <summary>Returns when stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            long known = 0, handed = 0, handedAt = 0;
            while (true)
            {
                await Task.Delay(Every, time, stop).ConfigureAwait(false);
                if (membership.SignedRoster is not { } signed)
                    continue;
                var own = membership.Roster.Version;
                // Where it was changed by hand it is handed on at once. Who was given it waits until he hears that the peer was not: everybody has it from the first.
                if (own != known && known > 0 && !membership.IsChangedHere)
                    Volatile.Write(ref theirs, 0);
                known = own;
                var version = Volatile.Read(ref theirs);
                if (version == 0 || version == own)
                    continue;
                if (version < own && handed == own && time.GetElapsedTime(handedAt) < AgainWhatWasTaken)
                    continue;
                if (!await (version > own ? Fetch(stop) : Hand(signed, own, stop)).ConfigureAwait(false))
                    await Task.Delay(Again, time, stop).ConfigureAwait(false);
                else if (version < own)
                    (handed, handedAt) = (own, time.GetTimestamp());
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task<bool> Fetch(CancellationToken stop)
    {
        try
        {
            var signed = await requests.Get(Path, "the cluster's roster", body => body.ToArray(), stop).ConfigureAwait(false);
            if (membership.AdoptFrom(peer, signed, log, out var why))
                return true;
            if (why != objection)
                log.RosterNotTaken(LogLevel.Information, peer, objection = why);
        }
        catch (ProbeException e)
        {
            log.RosterNotPassed(peer, e.Message);
        }
        return false;
    }

    private async Task<bool> Hand(byte[] signed, long version, CancellationToken stop)
    {
        try
        {
            var request = client.Request(HttpMethod.Put, Path);
            request.Content = new ByteArrayContent(signed);
            await requests.Send(request, (_, _) => ValueTask.FromResult(true), stop).ConfigureAwait(false);
            log.RosterHanded(version, peer);
            return true;
        }
        catch (ProbeException e)
        {
            log.RosterNotPassed(peer, e.Message);
            return false;
        }
    }
}

using DVStakers.Edge.Agent.Nodes;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;
using System.Text.Json;
using System.Threading.Channels;

namespace DVStakers.Edge.Agent.Probes;

/// <summary>Keeps a stream of a beacon node's head events open: it tells of a new head a second or more before the next reading would.</summary>
/// <param name="spec">The network as known now; null while unknown.</param>
internal sealed class HeadFeed(
    NodeClient node, Func<ChainSpec?> spec, ChannelWriter<Observation> observations, TimeProvider time, ILogger log)
{
    private static readonly TimeSpan QuietWhileUnknown = TimeSpan.FromSeconds(30);

    /// <summary>Returns when stopped, or when nobody reads the observations any more.</summary>
    public async Task Run(CancellationToken stop)
    {
        var stream = new NodeEvents(node, "/eth/v1/events?topics=head", () => spec() is { } known ? known.SlotDuration * 2 : QuietWhileUnknown, time);
        try
        {
            await stream.Run(received => Take(received, stop), change => Say(change), stop).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
        catch (ChannelClosedException)
        {
        }
    }

    private void Say(NodeEvents.Change change)
    {
        if (change.Open)
            log.HeadsArrive(node.Name);
        else
            log.HeadsLost(node.Name, change.Problem);
    }

    private ValueTask Take(ServerSentEvent received, CancellationToken stop)
    {
        if (received.Event != "head")
            return default;
        Head head;
        try
        {
            head = BeaconAnswers.HeadEvent(received.Data.Span);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            log.HeadNotRead(node.Name, e.Message);
            return default;
        }
        return observations.WriteAsync(new HeadSeen(new HeadEvent(node.Name, head, time.GetUtcNow())), stop);
    }
}

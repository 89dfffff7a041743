using System.Threading.Channels;
using DVStakers.Edge.Agent.Cluster;
using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Readings;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Mesh;

/// <summary>
/// The one place where what the peers say is judged: takes what waits in the mailbox, checks it, and hands the book of the peers to the state loop as an
/// observation. A newer roster, whoever passes it on, goes to the membership.
/// </summary>
internal sealed class InboxLoop(Mailbox mailbox, Membership membership, StateDirectory state, ChannelWriter<Observation> observations, TimeProvider time, ILogger log)
{
    /// <summary>Between two looks into the mailbox: a bound for the signatures checked for each topic, and no delay that matters to a head.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    /// <summary>The book is told at once when somebody is believed; what else changes in it can wait this long.</summary>
    private static readonly TimeSpan Unhurried = TimeSpan.FromSeconds(1);

    /// <summary>The roster may change while nobody says anything: by the peers' gateways, or on this box.</summary>
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan KeepEvery = TimeSpan.FromMinutes(1);

    /// <summary>One line for each box and kind of refusal in this time; all are counted.</summary>
    private static readonly TimeSpan NamedEvery = TimeSpan.FromHours(1);

    private readonly Dictionary<(string, Rejection), TimeSpan> named = [];
    private Inbox inbox = mailbox.Inbox;
    private bool hurry = true;
    private bool changed;
    private TimeSpan toldAt;
    private TimeSpan keptAt = time.GetElapsedTime(0);

    /// <summary>Returns when stopped, having kept what must not be believed again.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                Read();
                await Tell(stop).ConfigureAwait(false);
                if (Now - keptAt >= KeepEvery)
                    Keep();
                await Wait(stop).ConfigureAwait(false);
                await Task.Delay(Pause, time, stop).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Keep();
        }
        catch (ChannelClosedException)
        {
            Keep();
        }
    }

    private TimeSpan Now => time.GetElapsedTime(0);

    private void Read()
    {
        var (waiting, refused) = mailbox.Empty();
        foreach (var refusal in refused)
            Take(inbox.Refuse(refusal, Now));
        foreach (var delivery in waiting)
        {
            if (delivery.Name == "roster")
                TakeRoster(delivery);
            else
                Take(inbox.Take(delivery, membership.KeyOf(delivery.Box, delivery.At)));
        }
        var before = inbox;
        mailbox.Inbox = inbox = inbox.With(membership.Roster);
        hurry |= !ReferenceEquals(before, inbox);
    }

    private void Take(Receipt receipt)
    {
        inbox = receipt.Inbox;
        hurry |= receipt.Believed;
        if (receipt.Refused is not { } refusal)
            return;
        changed = true;
        if (named.TryGetValue((refusal.Box, refusal.Kind), out var last) && Now - last < NamedEvery)
            return;
        named[(refusal.Box, refusal.Kind)] = Now;
        log.Refused(Level(refusal.Kind), refusal.Box, refusal.Kind.Word(), refusal.Why);
    }

    private void TakeRoster(Delivery delivery)
    {
        try
        {
            var roster = Roster.Parse(delivery.Json);
            if (roster.Version <= membership.Roster.Version)
                return;
            if (!membership.AdoptFrom(delivery.Box, delivery.Payload.Span, log, out var why))
                Take(inbox.Refuse(new(delivery.Box, Rejection.Forged, $"a roster that is not taken: {why}"), delivery.Since));
        }
        catch (RosterException e)
        {
            Take(inbox.Refuse(new(delivery.Box, Rejection.Malformed, $"a roster that makes no sense: {e.Message}"), delivery.Since));
        }
    }

    private async Task Tell(CancellationToken stop)
    {
        if (!hurry && !(changed && Now - toldAt >= Unhurried))
            return;
        (hurry, changed, toldAt) = (false, false, Now);
        await observations.WriteAsync(new PeersSeen(inbox.Book(Now)), stop).ConfigureAwait(false);
    }

    /// <summary>Until something came, or something is due.</summary>
    private async Task Wait(CancellationToken stop)
    {
        var due = Now + LookEvery;
        if (keptAt + KeepEvery < due)
            due = keptAt + KeepEvery;
        if (changed && toldAt + Unhurried < due)
            due = toldAt + Unhurried;
        var expires = inbox.Until(Now);
        if (expires < due)
            due = expires.Value;
        var left = due - Now;
        using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, stop);
        try
        {
            await mailbox.Any(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
        }
        // Somebody may have fallen silent meanwhile.
        hurry |= expires <= Now;
    }

    private void Keep()
    {
        keptAt = Now;
        state.Keep(inbox.Marks);
    }

    private static LogLevel Level(Rejection kind) => kind switch
    {
        _ when kind.IsGrave() => LogLevel.Warning,
        // At every start of either side, where brokers keep what was said before.
        Rejection.Unproven => LogLevel.Debug,
        _ => LogLevel.Information,
    };
}

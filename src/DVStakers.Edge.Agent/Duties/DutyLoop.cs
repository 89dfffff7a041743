using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.State;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Duties;

/// <summary>
/// The one place where what the proxy saw becomes the account of the duties: takes it from the channel, reads the blocks that the head builds on, lets the
/// ledger settle, publishes. Off the path of every request; while there is nothing to settle it reads no blocks.
/// </summary>
internal sealed class DutyLoop(WitnessChannel witnesses, SnapshotFeed state, ChainReader chain, DutyFeed feed, TimeProvider time, ILogger log)
{
    /// <summary>Blocks read in a row; the rest of a long gap waits for the next head.</summary>
    private const int MostBlocks = 256;

    /// <summary>Lines for one end of duties at once: a box with a thousand validators says the rest in one.</summary>
    private const int MostLines = 16;

    /// <summary>What comes is taken together: to be woken for each request would cost the proxy more than the ledger itself does.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(100);

    private ChainSpec? spec;
    private Ledger? ledger;
    private (Root? Head, Slot Wall) looked;
    private long droppedTold;

    /// <summary>Returns when stopped.</summary>
    public async Task Run(CancellationToken stop)
    {
        try
        {
            // What a client asks before any node told its network waits in the channel.
            var seen = state.Current;
            while (seen.Spec is null)
                seen = await state.NewerThan(seen, stop).ConfigureAwait(false);
            var arrival = witnesses.WaitToRead(stop).AsTask();
            var change = state.NewerThan(seen, stop);
            while (true)
            {
                if (seen.Spec is { } network && spec?.SameNetwork(network) != true)
                    (spec, ledger) = (network, new Ledger(network));
                await Take(ledger!, stop).ConfigureAwait(false);
                // At once: what flashes for it must not wait for the next head.
                if (ledger!.AttestationsSent != feed.Current.AttestationsSent)
                    feed.Publish(feed.Current with { AttestationsSent = ledger.AttestationsSent });
                await Look(ledger!, spec!, seen, stop).ConfigureAwait(false);

                await Task.WhenAny(arrival, change).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                if (arrival.IsCompleted)
                {
                    await Task.Delay(Gather, time, stop).ConfigureAwait(false);
                    arrival = witnesses.WaitToRead(stop).AsTask();
                }
                if (!change.IsCompleted)
                    continue;
                seen = await change.ConfigureAwait(false);
                change = state.NewerThan(seen, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private async Task Take(Ledger book, CancellationToken stop)
    {
        while (witnesses.TryRead(out var seen))
        {
            try
            {
                if (seen is DutiesAnswered { Body.Length: 0 } lost)
                {
                    if (await chain.Again(lost, stop).ConfigureAwait(false) is not { } body)
                        continue;
                    seen = lost with { Body = body };
                }
                foreach (var fact in WitnessReader.Facts(seen))
                    book.Take(fact);
            }
            catch (FormatException e)
            {
                log.NotUnderstood(seen.GetType().Name, e.Message);
            }
        }
    }

    /// <summary>Once for each head and each slot: 1. reads the blocks, 2. settles, 3. where it needs the committees' sizes, again with them, 4. publishes.</summary>
    private async Task Look(Ledger book, ChainSpec network, Snapshot snapshot, CancellationToken stop)
    {
        var now = time.GetUtcNow();
        var here = (snapshot.ExpectedHead?.Root, network.SlotAt(now));
        if (here == looked)
            return;
        looked = here;

        // 1.
        if (snapshot.ExpectedHead is { } head && book.OldestOpen(now) is { } oldest)
            await Follow(book.Chain, head.Root, network, oldest, snapshot, stop).ConfigureAwait(false);

        // 2.
        var settled = book.Settle(now);

        // 3.
        if (book.SizesWanted.Count > 0)
        {
            foreach (var slot in book.SizesWanted.ToList())
                if (await chain.CommitteeSizes(slot, snapshot, stop).ConfigureAwait(false) is { Count: > 0 } sizes)
                    book.TakeSizes(slot, sizes);
            settled = [.. settled, .. book.Settle(now)];
        }

        // 4.
        var dropped = witnesses.Dropped + book.Dropped;
        feed.Publish(feed.Current.With(settled, network) with { At = now, HeadSlot = book.Chain.Head?.Slot, Open = book.Open, Dropped = dropped });
        Tell(settled);
        if (dropped > droppedTold)
            log.Dropped(droppedTold = dropped);
    }

    private async Task Follow(CanonicalChain known, Root head, ChainSpec network, Slot oldest, Snapshot snapshot, CancellationToken stop)
    {
        // A vote for a target is held against the newest block at its epoch's start.
        var start = new Slot(network.EpochOf(oldest).Value * network.SlotsPerEpoch);
        for (var read = 0; read < MostBlocks && known.Follow(head, start, oldest, out var headerIsEnough) is { } wanted; read++)
        {
            var block = headerIsEnough
                ? await chain.Header(wanted, snapshot, stop).ConfigureAwait(false)
                : await chain.Block(wanted, snapshot, stop).ConfigureAwait(false);
            if (block is null)
                return;
            known.Add(block);
        }
    }

    private void Tell(IReadOnlyList<SettledDuty> settled)
    {
        foreach (var group in settled.GroupBy(d => (Level: Level(d), d.Outcome)))
        {
            foreach (var duty in group.Take(MostLines))
                log.Settled(group.Key.Level, duty.Slot, duty.Validator, DutyWords.Of(duty.Kind), Explanation.Of(duty));
            if (group.Count() > MostLines)
                log.More(group.Key.Level, group.Count() - MostLines, DutyWords.Of(group.Key.Outcome));
        }
    }

    private static LogLevel Level(SettledDuty duty) => duty switch
    {
        { Outcome: DutyOutcome.Missed } => LogLevel.Error,
        { WouldHaveBeenMissed: true } => LogLevel.Information,
        // Nobody could have been sooner.
        { Outcome: DutyOutcome.Late, NextSlotEmpty: true, Distance: 2 } => LogLevel.Information,
        { Outcome: DutyOutcome.Made } => LogLevel.Debug,
        // Nothing speaks for its loss: a client that broadcasts may well have done it elsewhere.
        { Outcome: DutyOutcome.Unknown, Kind: DutyKind.Aggregate } => LogLevel.Debug,
        _ => LogLevel.Warning,
    };
}

using System.Diagnostics.CodeAnalysis;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// attestation_data. Nodes are asked until one agrees with the expected head or the deadline nears; what was given out for a (slot, committee index)
/// is given again to whoever asks (rule 3): two different answers would cost the attestation, or with a careless signer more than that.
/// </summary>
internal sealed class AttestationAnswers(Reads reads, SnapshotFeed state, SlotMemory memory, Witness witness, ILogger log)
{
    /// <summary>Slots and committees whose answer is kept: two epochs of mainnet with all 64 committees of each slot.</summary>
    private const int PinsKept = 4096;

    /// <summary>MAX_COMMITTEES_PER_SLOT of mainnet's preset.</summary>
    private const int MostCommittees = 64;

    private readonly Bounded<(Slot, ulong), Pin> pins = new(PinsKept);

    /// <summary>1. Finds what was given out, or races for it; once for all who ask at the same time. 2. Passes it on.</summary>
    public async Task Serve(ClientRequest request)
    {
        // Since Electra the index may be left out, and is 0.
        var index = request.Context.Request.Query.ContainsKey("committee_index") ? request.Number("committee_index") : 0;
        if (request.Slot is not { } slot || index is null)
        {
            await request.Refuse(400, "slot must be there once, as a number, and committee_index at most once").ConfigureAwait(false);
            return;
        }
        var pin = pins.GetOrAdd((slot, CommitteeOf(slot, index.Value)), static () => new Pin());
        Reads.Result result;

        // 1. Who waited while others asked in vain is told what they were told: asking once more for each in turn would keep the last one for minutes.
        var failuresBefore = pin.Failures;
        await pin.Gate.WaitAsync(request.Context.RequestAborted).ConfigureAwait(false);
        try
        {
            var asked = witness.Now;
            result = Given(request.Context.Request, pin) is { } given ? new(given, [], [given.Node])
                : pin.Failures != failuresBefore ? pin.Failed
                : await Race(request, slot, index.Value, pin).ConfigureAwait(false);
            if (pin.TellsFirst(index.Value) || result.Answer is not { Outcome.Accepted: true })
                witness.Attestation(slot, index.Value, result, asked);
        }
        finally
        {
            pin.Gate.Release();
        }

        // 2. Not within the gate: a client that is slow to read must not hold up the others.
        await reads.Answer(request, result).ConfigureAwait(false);
    }

    /// <summary>Since Electra a slot's data is the same for all its committees, so all get the one answer.</summary>
    private ulong CommitteeOf(Slot slot, ulong index) => state.Current.Spec?.IsElectra(slot) == true ? 0 : index;

    /// <summary>What was given out, in an encoding that the client takes.</summary>
    private static Answer? Given(HttpRequest request, Pin pin)
    {
        var accept = request.Headers.Accept.ToString();
        var json = accept.Length == 0 || accept.Contains("json", StringComparison.OrdinalIgnoreCase) || accept.Contains("*/*", StringComparison.Ordinal) ? pin.Json : null;
        var ssz = accept.Contains(Headers.Ssz, StringComparison.OrdinalIgnoreCase) ? pin.Ssz : null;
        return accept.TrimStart().StartsWith(Headers.Ssz, StringComparison.OrdinalIgnoreCase) ? ssz ?? json : json ?? ssz;
    }

    private async Task<Reads.Result> Race(ClientRequest request, Slot slot, ulong index, Pin pin)
    {
        var order = Candidates.ForRead(state.Current, RouteClass.AttestationData);
        var question = new AttestationQuestion(slot, index, state.Current.Spec?.IsGloas(slot) == true);
        var result = await reads.Ask(request, order, WorthOf).ConfigureAwait(false);
        if (result.Answer is { Outcome.Accepted: true, AttestationData: { } data } answer)
            Keep(pin, answer, data, slot);
        else if (result.Answer is null)
            pin.Fail(result);
        return result;

        // A second answer, in another encoding say, may only be the same data.
        Worth WorthOf(Answer answer) => question.WorthOf(answer.AttestationData, pin.Data, reads.MayAttest(answer.Node),
            answer.AttestationData is { } data ? state.Current.Heads.Judge(data.Head) : Agreement.Newer);
    }

    private void Keep(Pin pin, Answer answer, AttestationData data, Slot slot)
    {
        pin.Data = data;
        if (answer.IsSsz)
            pin.Ssz = answer;
        else
            pin.Json = answer;
        memory.Served(slot, answer.Node);
        if (state.Current.Heads.Judge(data.Head) == Agreement.Stale)
            log.StaleServed(slot, answer.Node, data.Head.Short, state.Current.ExpectedHead?.Root.Short ?? "unknown");
        else
            log.AttestationServed(slot, answer.Node, data.Head.Short);
    }

    [SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose while its wait handle is not asked for.")]
    private sealed class Pin
    {
        public readonly SemaphoreSlim Gate = new(1);

        public AttestationData? Data;

        /// <summary>Committees whose answer the ledger was told of, a bit each.</summary>
        private ulong told;

        /// <summary>How often nobody had an answer, and the last time why.</summary>
        public volatile int Failures;
        public Reads.Result Failed;
        public Answer? Json;
        public Answer? Ssz;

        /// <summary>True once for each committee that a slot can have.</summary>
        public bool TellsFirst(ulong committee)
        {
            var bit = committee < MostCommittees ? 1UL << (int)committee : 0;
            var first = (told & bit) != bit;
            told |= bit;
            return first;
        }

        public void Fail(Reads.Result result)
        {
            Failed = result;
            Failures++;
        }
    }
}

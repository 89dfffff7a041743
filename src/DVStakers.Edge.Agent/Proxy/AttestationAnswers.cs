using System.Diagnostics.CodeAnalysis;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Routing;
using Microsoft.Extensions.Logging;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>
/// attestation_data. Nodes are asked until one agrees with the expected head or the deadline nears; what was given out for a (slot, committee index)
/// is given again to whoever asks (rule 3): two different answers would cost the attestation, or with a careless signer more than that.
/// </summary>
internal sealed class AttestationAnswers(Reads reads, SnapshotFeed state, SlotMemory memory, ILogger log)
{
    /// <summary>Two epochs of mainnet with all 64 committees of each slot.</summary>
    private readonly Bounded<(Slot, string), Pin> pins = new(4096);

    /// <summary>1. Replays what was given out. 2. Else races for an answer. 3. Checks it once more, pins it, passes it on.</summary>
    public async Task Serve(ClientRequest request)
    {
        if (Reads.SlotOf(request) is not { } slot)
        {
            await reads.Serve(request).ConfigureAwait(false);
            return;
        }
        var pin = pins.GetOrAdd((slot, request.Context.Request.Query["committee_index"].ToString()), static () => new Pin());
        // One race for all who ask at the same time.
        await pin.Gate.WaitAsync(request.Context.RequestAborted).ConfigureAwait(false);
        try
        {
            await Serve(request, slot, pin).ConfigureAwait(false);
        }
        finally
        {
            pin.Gate.Release();
        }
    }

    private async Task Serve(ClientRequest request, Slot slot, Pin pin)
    {
        // 1.
        var accept = request.Context.Request.Headers.Accept.ToString();
        var json = accept.Length == 0 || accept.Contains("json", StringComparison.OrdinalIgnoreCase) || accept.Contains("*/*", StringComparison.Ordinal) ? pin.Json : null;
        var ssz = accept.Contains(Headers.Ssz, StringComparison.OrdinalIgnoreCase) ? pin.Ssz : null;
        if ((request.WantsSsz ? ssz ?? json : json ?? ssz) is { } given)
        {
            await given.CopyTo(request.Context.Response, request.Context.RequestAborted).ConfigureAwait(false);
            return;
        }

        // 2.
        var order = Candidates.ForRead(state.Current, RouteClass.AttestationData);
        var result = await reads.Ask(request, order, answer => Fits(Read(answer), slot, pin)
            && state.Current.Heads.Judge(Read(answer)!.Head) != Agreement.Stale).ConfigureAwait(false);

        // 3.
        if (result.Answer is { Outcome.Accepted: true } answer)
        {
            var data = Read(answer);
            if (!Fits(data, slot, pin))
            {
                answer.Release();
                var words = data is null || data.Slot != slot
                    ? $"{answer.Node} answered with something that is not the attestation data of slot {slot}"
                    : $"other attestation data was given out for slot {slot} before, in another encoding; a second answer could be slashed";
                log.NotServed(request.Method, request.PathAndQuery, words);
                await Refusal.Write(request.Context, 503, words).ConfigureAwait(false);
                return;
            }
            Keep(pin, answer, data!, slot);
        }
        await reads.Answer(request, result).ConfigureAwait(false);
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

    private static AttestationData? Read(Answer answer) => AttestationData.Read(answer.Start.Span, answer.IsSsz);

    private static bool Fits(AttestationData? data, Slot slot, Pin pin) =>
        data is not null && data.Slot == slot && (pin.Data is null || pin.Data == data);

    [SuppressMessage("Design", "CA1001", Justification = "A SemaphoreSlim holds nothing to dispose while its wait handle is not asked for.")]
    private sealed class Pin
    {
        public readonly SemaphoreSlim Gate = new(1);
        public AttestationData? Data;
        public Answer? Json;
        public Answer? Ssz;
    }
}

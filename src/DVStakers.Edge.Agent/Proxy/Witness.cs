using System.Globalization;
using DVStakers.Edge.Agent.Duties;
using DVStakers.Edge.Agent.State;
using DVStakers.Edge.Core.Chain;
using DVStakers.Edge.Core.Duties;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Agent.Proxy;

/// <summary>Tells the ledger what passes, in copies that outlive the request. It never waits and never changes anything.</summary>
/// <param name="channel">Null: what passes is nobody's duty here.</param>
internal sealed class Witness(WitnessChannel? channel, SnapshotFeed state, TimeProvider time)
{
    /// <summary>A thousand attestations as JSON. Larger bodies are not looked into.</summary>
    private const int MostBody = 1 << 20;

    /// <summary>Slot and proposer are in the first bytes of a block.</summary>
    private const int StartOfBlock = 4096;

    private const int StartOfAnswer = 64 * 1024;

    /// <summary>How the paths of what is submitted for a duty, or tells of one, end; of blocks only the beginning is looked into.</summary>
    private static readonly string[] Blocks = ["/beacon/blocks", "/beacon/blinded_blocks"];
    private static readonly string[] Messages =
        ["/pool/attestations", "/pool/sync_committees", "/validator/aggregate_and_proofs", "/validator/contribution_and_proofs", "/validator/beacon_committee_subscriptions"];

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>A read: duties, the head that sync committees sign, an aggregate or a contribution.</summary>
    public void Read(ClientRequest request, Reads.Result result, DateTimeOffset asked)
    {
        if (channel is null)
            return;
        var path = request.Context.Request.Path.Value!;
        if (path.Contains("/validator/duties/", StringComparison.Ordinal) && result.Answer is { Outcome.Accepted: true } answer)
        {
            if (path.Contains("/attester/", StringComparison.Ordinal) || path.Contains("/proposer/", StringComparison.Ordinal) || path.Contains("/sync/", StringComparison.Ordinal))
                channel.Write(new DutiesAnswered(asked, request.Method, path, request.Body.ToArray(), Readable(answer), answer.Node));
        }
        else if (request.Route.Class == RouteClass.HeadRead && path.Contains("/head", StringComparison.Ordinal) && state.Current.Spec is { } spec)
        {
            Given(DutyKind.Sync, spec.SlotAt(asked), 0, result, null, asked);
        }
        else if (request.Route.Class == RouteClass.Aggregate && request.Slot is { } slot)
        {
            if (path.Contains("/sync_committee_contribution", StringComparison.Ordinal))
                Given(DutyKind.Contribution, slot, request.Number("subcommittee_index") ?? 0, result, null, asked);
            else
                Given(DutyKind.Aggregate, slot, request.Number("committee_index") ?? 0, result, null, asked);
        }
    }

    /// <summary>attestation_data as it was first given out; or that there was none.</summary>
    public void Attestation(Slot slot, ulong committee, Reads.Result result, DateTimeOffset asked) =>
        Given(DutyKind.Attestation, slot, committee, result, result.Answer?.AttestationData?.Head, asked);

    public void Block(ClientRequest request, Reads.Result result, DateTimeOffset asked)
    {
        if (ulong.TryParse(BlockRequest.Of(request).Slot, NumberStyles.None, CultureInfo.InvariantCulture, out var slot))
            Given(DutyKind.Proposal, new Slot(slot), 0, result, null, asked);
    }

    /// <summary>A submission on its way to a node, as it is told when the node has answered; null where it is for no duty.</summary>
    public PostAnswered? Sending(ClientRequest request, string node)
    {
        if (channel is null)
            return null;
        var path = request.Context.Request.Path.Value!.TrimEnd('/');
        var isBlock = Blocks.Any(e => path.EndsWith(e, StringComparison.Ordinal));
        if (!isBlock && !Messages.Any(e => path.EndsWith(e, StringComparison.Ordinal)))
            return null;
        var version = request.Context.Request.Headers["Eth-Consensus-Version"].ToString();
        return new PostAnswered(Now, path, request.SendsSsz, version, Start(request.Body, isBlock ? StartOfBlock : MostBody), node, 0, [], "");
    }

    public void Submitted(PostAnswered? sent, Answer answer)
    {
        if (sent is not null)
            channel?.Write(sent with { Status = answer.Outcome.Status, Said = answer.Outcome.Accepted ? [] : Start(answer.Start, StartOfAnswer), Problem = answer.Problem });
    }

    /// <summary>A submission that there was no node for.</summary>
    public void NowhereToSubmit(ClientRequest request)
    {
        if (Sending(request, "") is { } lost)
            channel?.Write(lost with { Problem = $"no stack could take it: {state.Current.ServingReason}" });
    }

    private void Given(DutyKind kind, Slot slot, ulong committee, Reads.Result result, Root? head, DateTimeOffset asked)
    {
        var node = result.Answer is { Outcome.Accepted: true } answer ? answer.Node : null;
        channel?.Write(new DataAnswered(asked, Now - asked, kind, slot, committee, node, node is null ? null : head, result.Order, result.Problems, state.Current));
    }

    /// <summary>Empty where it is not whole, or not plain JSON.</summary>
    private static byte[] Readable(Answer answer) =>
        answer.Start.Length < Answer.WholeUpTo && answer.Header("Content-Encoding").Length == 0 && !answer.IsSsz ? answer.Start.ToArray() : [];

    private static byte[] Start(ReadOnlyMemory<byte> body, int most) => body[..Math.Min(body.Length, most)].ToArray();
}

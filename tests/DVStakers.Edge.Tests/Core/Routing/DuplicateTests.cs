using System.Text;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Tests.Core.Routing;

public sealed class DuplicateTests
{
    private static bool Is(int status, string body) => Duplicate.Is(status, Encoding.UTF8.GetBytes(body));

    [Theory]
    [InlineData("""{"code":400,"message":"error processing attestations","failures":[{"index":0,"message":"Verification: PriorAttestationKnown { validator_index: 7, epoch: Epoch(3) }"}]}""")]
    [InlineData("""{"code":400,"message":"error processing sync committee signatures","failures":[{"index":0,"message":"Verification: PriorSyncCommitteeMessageKnown { validator_index: 7, slot: Slot(9) }"}]}""")]
    [InlineData("""{"code":400,"message":"error processing contributions","failures":[{"index":0,"message":"Verification: PriorSyncContributionMessageKnown"},{"index":1,"message":"SyncContributionSupersetKnown(0xab)"}]}""")]
    [InlineData("""{"code":400,"message":"error processing aggregates","failures":[{"index":0,"message":"AggregatorAlreadyKnown(7)"},{"index":1,"message":"AttestationSupersetKnown { attestation_root: 0xab }"}]}""")]
    [InlineData("""{"code":500,"message":"Multiple errors on publishAttestations: ATTESTATION_ERROR_ATTESTATION_ALREADY_KNOWN"}""")]
    [InlineData("""{"code":400,"message":"Error processing sync committee messages","failures":[{"index":0,"message":"SYNC_COMMITTEE_ERROR_SYNC_COMMITTEE_MESSAGE_KNOWN"}]}""")]
    [InlineData("""{"code":400,"message":"BLOCK_ERROR_ALREADY_KNOWN"}""")]
    [InlineData("""{"code":400,"message":"Block is already known"}""")]
    [InlineData("Attestation has already been seen")]
    public void The_clients_words_for_having_it_already_are_a_success(string body) => Assert.True(Is(400, body));

    [Theory]
    [InlineData("""{"code":400,"message":"failures","failures":[{"index":0,"message":"PriorAttestationKnown"},{"index":1,"message":"InvalidSignature"}]}""")]
    [InlineData("""{"code":400,"message":"already known, some of them","failures":[{"index":0,"message":"InvalidSignature"}]}""")]
    [InlineData("""{"code":400,"message":"failures","failures":[{"index":0}]}""")]
    [InlineData("""{"code":400,"message":"failures","failures":["PriorAttestationKnown"]}""")]
    [InlineData("""{"code":400,"message":"UnknownHeadBlock"}""")]
    [InlineData("""{"code":400,"message":"ATTESTATION_ERROR_UNKNOWN_OR_PREFINALIZED_BEACON_BLOCK_ROOT"}""")]
    [InlineData("""{"code":400,"message":7}""")]
    [InlineData("""{"code":400,"message":"\ud800"}""")]
    [InlineData("""["already known"]""")]
    [InlineData("""{}""")]
    [InlineData("null")]
    [InlineData("")]
    [InlineData("service unavailable")]
    public void One_true_refusal_makes_a_refusal_and_so_does_what_cannot_be_read(string body) => Assert.False(Is(400, body));

    [Theory]
    [InlineData(200, false)]
    [InlineData(202, false)]
    [InlineData(302, false)]
    [InlineData(400, true)]
    [InlineData(409, true)]
    [InlineData(500, true)]
    public void Only_a_failure_can_be_a_duplicate(int status, bool duplicate) => Assert.Equal(duplicate, Is(status, """{"message":"already known"}"""));
}

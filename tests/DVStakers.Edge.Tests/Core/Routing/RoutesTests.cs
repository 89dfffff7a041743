using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Tests.Core.Routing;

public sealed class RoutesTests
{
    [Theory]
    [InlineData("GET", "/eth/v1/node/health", RouteClass.Own)]
    [InlineData("HEAD", "/eth/v1/node/health", RouteClass.Own)]
    [InlineData("GET", "/eth/v1/node/syncing", RouteClass.Own)]
    [InlineData("GET", "/eth/v1/events", RouteClass.Events)]
    [InlineData("GET", "/eth/v1/validator/attestation_data", RouteClass.AttestationData)]
    [InlineData("GET", "/eth/v1/validator/aggregate_attestation", RouteClass.Aggregate)]
    [InlineData("GET", "/eth/v2/validator/aggregate_attestation", RouteClass.Aggregate)]
    [InlineData("GET", "/eth/v1/validator/sync_committee_contribution", RouteClass.Aggregate)]
    [InlineData("GET", "/eth/v1/validator/blocks/100", RouteClass.BlockProduction)]
    [InlineData("GET", "/eth/v2/validator/blocks/100", RouteClass.BlockProduction)]
    [InlineData("GET", "/eth/v3/validator/blocks/100", RouteClass.BlockProduction)]
    [InlineData("GET", "/eth/v4/validator/blocks/100", RouteClass.BlockProduction)]
    [InlineData("GET", "/eth/v1/validator/blinded_blocks/100", RouteClass.BlockProduction)]
    [InlineData("POST", "/eth/v1/validator/duties/attester/9", RouteClass.Duties)]
    [InlineData("GET", "/eth/v1/validator/duties/proposer/9", RouteClass.Duties)]
    [InlineData("GET", "/eth/v1/beacon/blocks/head/root", RouteClass.HeadRead)]
    [InlineData("GET", "/eth/v1/beacon/headers/head", RouteClass.HeadRead)]
    [InlineData("GET", "/eth/v1/node/version", RouteClass.Read)]
    [InlineData("POST", "/eth/v1/beacon/states/head/validators", RouteClass.Read)]
    [InlineData("GET", "/eth/v1/beacon/states/head/validators", RouteClass.Read)]
    [InlineData("POST", "/eth/v1/beacon/states/head/builders", RouteClass.Read)]
    [InlineData("POST", "/eth/v1/beacon/pool/attestations", RouteClass.Submission)]
    [InlineData("POST", "/eth/v2/beacon/pool/attestations", RouteClass.Submission)]
    [InlineData("POST", "/eth/v1/beacon/pool/sync_committees", RouteClass.Submission)]
    [InlineData("POST", "/eth/v1/validator/aggregate_and_proofs", RouteClass.Submission)]
    [InlineData("POST", "/eth/v1/beacon/blocks", RouteClass.Submission)]
    [InlineData("POST", "/eth/v2/beacon/blocks", RouteClass.Submission)]
    [InlineData("POST", "/eth/v1/beacon/blinded_blocks", RouteClass.MakerFirst)]
    [InlineData("POST", "/eth/v2/beacon/blinded_blocks", RouteClass.MakerFirst)]
    [InlineData("GET", "/eth/v1/beacon/blinded_blocks/head", RouteClass.Read)]
    [InlineData("GET", "/eth/v1/validator/payload_attestation_data", RouteClass.PayloadAttestation)]
    [InlineData("GET", "/eth/v1/validator/execution_payload_envelopes/100/0xab", RouteClass.Envelope)]
    [InlineData("POST", "/eth/v1/beacon/execution_payload_envelopes", RouteClass.MakerFirst)]
    [InlineData("POST", "/eth/v1/validator/register_validator", RouteClass.Preparation)]
    [InlineData("POST", "/eth/v1/validator/beacon_committee_selections", RouteClass.Never)]
    [InlineData("POST", "/eth/v1/validator/sync_committee_selections", RouteClass.Never)]
    [InlineData("GET", "/eth/v2/debug/beacon/states/head", RouteClass.Never)]
    [InlineData("GET", "/eth/v1//debug/fork_choice", RouteClass.Never)]
    [InlineData("GET", "//eth/v2/debug/beacon/heads", RouteClass.Never)]
    [InlineData("GET", "/eth/v1/keystores", RouteClass.Never)]
    [InlineData("DELETE", "/eth/v1/keystores", RouteClass.Never)]
    [InlineData("PUT", "/eth/v1/beacon/pool/attestations", RouteClass.Never)]
    [InlineData("GET", "/lighthouse/health", RouteClass.Never)]
    [InlineData("POST", "/eth/v1/beacon/unheard_of", RouteClass.Never)]
    [InlineData("GET", "/", RouteClass.Never)]
    [InlineData("GET", "", RouteClass.Never)]
    public void A_request_has_the_class_that_its_row_gives(string method, string path, RouteClass expected)
    {
        var route = Routes.Find(method, path);
        Assert.Equal(expected, route.Class);
        Assert.Equal(expected == RouteClass.Never, route.Remedy is not null);
    }

    [Theory]
    [InlineData("/eth/v1/validator/attestation_data/", RouteClass.AttestationData)]
    [InlineData("/eth//v1/validator/attestation_data", RouteClass.AttestationData)]
    [InlineData("/eth/v12/validator/attestation_data", RouteClass.AttestationData)]
    [InlineData("/eth/v/validator/attestation_data", RouteClass.Read)]
    [InlineData("/eth/v1x/validator/attestation_data", RouteClass.Read)]
    [InlineData("/eth/v1/validator/attestation_data/x", RouteClass.Read)]
    [InlineData("/eth/v1/validator/Attestation_Data", RouteClass.Read)]
    [InlineData("/ETH/v1/validator/attestation_data", RouteClass.Never)]
    [InlineData("/eth/v1/validator/attestation%5Fdata", RouteClass.Read)]
    [InlineData("/eth/v1/beacon/states/0xab%2Fcd/validators", RouteClass.Read)]
    [InlineData("/ethereum/v1/node/health", RouteClass.Never)]
    [InlineData("/eth", RouteClass.Read)]
    public void Segments_match_whole_and_in_their_own_case_empty_ones_do_not_count(string path, RouteClass expected) =>
        Assert.Equal(expected, Routes.Find("GET", path).Class);

    [Fact]
    public void Every_row_can_be_reached_and_the_last_takes_all()
    {
        foreach (var route in Routes.Table)
        {
            var path = route.Template.Replace("v*", "v1", StringComparison.Ordinal).Replace("**", "some/rest", StringComparison.Ordinal).Replace("*", "one", StringComparison.Ordinal);
            Assert.Same(route, Routes.Find(route.Method == "*" ? "POST" : route.Method, path));
        }
        Assert.Same(Routes.Table[^1], Routes.Find("BREW", "/coffee"));
    }

    [Fact]
    public void Every_row_says_by_when_and_when_another_node_is_asked_as_its_class_allows()
    {
        foreach (var route in Routes.Table)
        {
            Retry[] allowed = route.Class switch
            {
                RouteClass.Own or RouteClass.Never => [Retry.Never],
                RouteClass.AttestationData or RouteClass.BlockProduction or RouteClass.PayloadAttestation or RouteClass.HeadRead => [Retry.UntilGood],
                RouteClass.Aggregate or RouteClass.Envelope => [Retry.OnFailureOrMissing],
                RouteClass.Submission or RouteClass.Preparation => [Retry.Broadcast],
                RouteClass.MakerFirst => [Retry.SameBytes],
                _ => [Retry.OnFailure],
            };
            Assert.True(allowed.Contains(route.Retry), $"{route.Method} {route.Template}: {route.Class} with {route.Retry}");
            Assert.True(route.Due != Due.None || route.Class is RouteClass.Own or RouteClass.Never or RouteClass.Events, route.Template);
        }
        Assert.Equal(["/eth/**", "/**"], Routes.Table.Where(r => !r.IsKnown).Select(r => r.Template));
    }
}

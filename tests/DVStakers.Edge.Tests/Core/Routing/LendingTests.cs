using System.Text;
using DVStakers.Edge.Core.Routing;

namespace DVStakers.Edge.Tests.Core.Routing;

/// <summary>Rule 11: never debug, whole states or administration; and what a validator needs, always.</summary>
public sealed class LendingTests
{
    [Theory]
    [InlineData("GET", "/eth/v1/node/health")]
    [InlineData("GET", "/eth/v1/node/syncing")]
    [InlineData("GET", "/eth/v1/events")]
    [InlineData("GET", "/eth/v1/validator/attestation_data")]
    [InlineData("GET", "/eth/v2/validator/aggregate_attestation")]
    [InlineData("GET", "/eth/v3/validator/blocks/100")]
    [InlineData("POST", "/eth/v1/validator/duties/attester/3")]
    [InlineData("POST", "/eth/v2/beacon/pool/attestations")]
    [InlineData("POST", "/eth/v1/beacon/pool/sync_committees")]
    [InlineData("POST", "/eth/v2/validator/aggregate_and_proofs")]
    [InlineData("POST", "/eth/v2/beacon/blocks")]
    [InlineData("POST", "/eth/v2/beacon/blinded_blocks")]
    [InlineData("POST", "/eth/v1/validator/prepare_beacon_proposer")]
    [InlineData("GET", "/eth/v1/beacon/blocks/head/root")]
    [InlineData("GET", "/eth/v1/beacon/states/head/fork")]
    [InlineData("GET", "/eth/v1/beacon/states/head/validators/7")]
    [InlineData("POST", "/eth/v1/beacon/states/head/validators")]
    [InlineData("GET", "/eth/v1/config/spec")]
    public void What_a_validator_needs_is_lent(string method, string path) => Assert.Null(Lending.Refuses(method, path, namesValidators: false));

    [Theory]
    [InlineData("GET", "/eth/v2/debug/beacon/states/head")]
    [InlineData("GET", "/eth/v1/debug/fork_choice")]
    [InlineData("GET", "/eth/v1/beacon/states/head")]
    [InlineData("GET", "/eth/v1/beacon/states/head/pending_deposits")]
    [InlineData("GET", "/eth/v1/beacon/states/head/validators/7/secret")]
    [InlineData("GET", "/eth/v1/beacon/pool/attestations")]
    [InlineData("POST", "/eth/v1/beacon/pool/attester_slashings")]
    [InlineData("POST", "/eth/v1/beacon/pool/attestations/more")]
    [InlineData("GET", "/eth/v1/node/identity")]
    [InlineData("GET", "/eth/v1/node/peers")]
    [InlineData("GET", "/eth/v1/keystores")]
    [InlineData("DELETE", "/eth/v1/keystores")]
    [InlineData("POST", "/eth/v1/validator/beacon_committee_selections")]
    [InlineData("GET", "/eth/v9/beacon/whatever")]
    [InlineData("GET", "/lighthouse/health")]
    [InlineData("POST", "/teku/v1/admin/add_peer")]
    [InlineData("PUT", "/eth/v2/beacon/blocks")]
    [InlineData("DELETE", "/eth/v1/validator/attestation_data")]
    [InlineData("HEAD", "/eth/v1/node/health")]
    [InlineData("GET", "/")]
    [InlineData("GET", "")]
    public void Nothing_else_is(string method, string path) => Assert.NotNull(Lending.Refuses(method, path, namesValidators: true));

    [Fact]
    public void Validators_are_lent_by_name_and_never_all()
    {
        Assert.Null(Lending.Refuses("GET", "/eth/v1/beacon/states/head/validators", namesValidators: true));
        Assert.Contains("registry", Lending.Refuses("GET", "/eth/v1/beacon/states/head/validators", namesValidators: false));
        Assert.Contains("registry", Lending.Refuses("GET", "/eth/v1/beacon/states/head/validator_balances", namesValidators: false));
    }

    [Theory]
    [InlineData("""{"ids":["7"]}""", true)]
    [InlineData("""{"ids":["0xab"]}""", true)]
    [InlineData("""{"ids":[]}""", false)]
    [InlineData("""{"statuses":["active"]}""", false)]
    [InlineData("{}", false)]
    [InlineData("", false)]
    [InlineData("""{"ids":[],"x":1}""", false)]
    [InlineData("""{"ids":null,"statuses":["active"],"0":0}""", false)]
    [InlineData("""{"ids":["7"],"ids":[]}""", false)]
    [InlineData("""{"ids":["7"],"IDS":[]}""", false)]
    [InlineData("""{"ids":["active"],"limit":100}""", false)]
    [InlineData("""{"Ids":["7"]}""", false)]
    [InlineData("""["7"]""", false)]
    [InlineData("""{"ids":["7"]""", false)]
    [InlineData("""{"ids":[7]}""", true)]
    [InlineData("""{"\ud800":1,"ids":["7"]}""", false)]
    public void Nor_by_a_body_that_names_none(string body, bool lent)
    {
        Assert.Equal(lent, Lending.RefusesBody("POST", "/eth/v1/beacon/states/head/validators", Encoding.UTF8.GetBytes(body)) is null);
        Assert.Null(Lending.RefusesBody("POST", "/eth/v1/validator/prepare_beacon_proposer", Encoding.UTF8.GetBytes(body)));
    }

    [Theory]
    [InlineData("""["7"]""", true)]
    [InlineData("""[]""", false)]
    [InlineData("""{"ids":["7"]}""", false)]
    public void Balances_are_asked_for_by_a_list(string body, bool lent)
    {
        Assert.Equal(lent, Lending.RefusesBody("POST", "/eth/v1/beacon/states/head/validator_balances", Encoding.UTF8.GetBytes(body)) is null);
        Assert.Equal(lent, Lending.RefusesBody("POST", "/eth/v1/beacon/states/head/validator_identities", Encoding.UTF8.GetBytes(body)) is null);
    }

    [Theory]
    [InlineData("?id=7", true)]
    [InlineData("?status=active&id=0xab0", true)]
    [InlineData("?i%64=%37", true)]
    [InlineData("", false)]
    [InlineData("?", false)]
    [InlineData("?id", false)]
    [InlineData("?id=", false)]
    [InlineData("?id=,", false)]
    [InlineData("?ID=7", false)]
    [InlineData("?id=&status=active", false)]
    [InlineData("?status=active&xid=7", false)]
    public void A_query_names_validators_as_a_node_reads_it(string query, bool names) => Assert.Equal(names, Lending.NamesValidators(query));

    /// <summary>So that a route which the table learns is lent or kept by decision, not by forgetting.</summary>
    [Fact]
    public void Of_the_routes_that_make_or_deliver_a_duty_every_one_is_lent()
    {
        var kept = Routes.Table.Where(r => r.Class is not (RouteClass.Read or RouteClass.Never) && r.Method is "GET" or "POST" && r.Class is not (RouteClass.Read or RouteClass.Never)
            && !r.Template.EndsWith("**", StringComparison.Ordinal) && Lending.Refuses(r.Method, r.Template.Replace("v*", "v1", StringComparison.Ordinal).Replace("*", "1", StringComparison.Ordinal), true) is not null);
        Assert.Empty(kept.Select(r => r.Template));
    }
}

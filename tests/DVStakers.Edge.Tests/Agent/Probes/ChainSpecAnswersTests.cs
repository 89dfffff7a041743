using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Chain;
using System.Text;

namespace DVStakers.Edge.Tests.Agent.Probes;

public sealed class ChainSpecAnswersTests
{
    private const string Mainnet = """
        "CONFIG_NAME":"mainnet","SECONDS_PER_SLOT":"12","SLOTS_PER_EPOCH":"32","DEPOSIT_CHAIN_ID":"1","DEPOSIT_CONTRACT_ADDRESS":"0x00000000219ab540356cBB839Cbe05303d7705Fa",
        "BLOB_SCHEDULE":[{"EPOCH":"269568","MAX_BLOBS_PER_BLOCK":"6"}],"SOMETHING":{"nested":[true,null]}
        """;

    [Fact]
    public void Mainnet_before_basis_points()
    {
        var spec = Read(Mainnet);
        Assert.Equal("mainnet", spec.ConfigName);
        Assert.Equal(TimeSpan.FromSeconds(12), spec.SlotDuration);
        Assert.Equal(TimeSpan.FromSeconds(4), spec.AttestationDue);
        Assert.Equal(TimeSpan.FromSeconds(8), spec.AggregateDue);
        Assert.Equal((32ul, 1ul), (spec.SlotsPerEpoch, spec.DepositChainId));
        Assert.Equal(DateTimeOffset.UnixEpoch.AddSeconds(1606824023), spec.GenesisTime);
    }

    [Theory]
    [InlineData("""
        "SLOT_DURATION_MS":"6000"
        """, 6000, 2000, 4000)]
    [InlineData("""
        "SLOT_DURATION_MS":6000
        """, 6000, 2000, 4000)]
    [InlineData("""
        "ATTESTATION_DUE_BPS":"3333","AGGREGATE_DUE_BPS":"6667"
        """, 12000, 3999.6, 8000.4)]
    [InlineData("""
        "ATTESTATION_DUE_BPS":"2500"
        """, 12000, 3000, 8000)]
    [InlineData("""
        "INTERVALS_PER_SLOT":"4"
        """, 12000, 3000, 6000)]
    public void Deadlines_come_from_the_newest_entry_there_is(string entries, double slot, double attestation, double aggregate)
    {
        var spec = Read($"{Mainnet},{entries}");
        Assert.Equal((slot, attestation, aggregate), (spec.SlotDuration.TotalMilliseconds, spec.AttestationDue.TotalMilliseconds, spec.AggregateDue.TotalMilliseconds));
    }

    [Fact]
    public void A_fork_changes_the_times_only_where_it_is_scheduled()
    {
        const string Times = """
            "ATTESTATION_DUE_BPS":"3333","AGGREGATE_DUE_BPS":"6667","ATTESTATION_DUE_BPS_GLOAS":"2500","AGGREGATE_DUE_BPS_GLOAS":"5000","PAYLOAD_ATTESTATION_DUE_BPS":"7500"
            """;
        var far = Read($"{Mainnet},{Times},\"ELECTRA_FORK_EPOCH\":\"364032\",\"GLOAS_FORK_EPOCH\":\"18446744073709551615\"");
        Assert.Null(far.Gloas);
        Assert.Equal(new Epoch(364032), far.Electra);
        Assert.Null(Read(Mainnet).Electra);

        var near = Read($"{Mainnet},{Times},\"GLOAS_FORK_EPOCH\":\"400000\"");
        Assert.Equal(new GloasTimes(new Epoch(400000), TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(6), TimeSpan.FromSeconds(9)), near.Gloas);
        Assert.Equal(TimeSpan.FromSeconds(8), Read($"{Mainnet},\"GLOAS_FORK_EPOCH\":\"400000\"").Gloas!.AggregateDue);
    }

    [Theory]
    [InlineData("""
        "SECONDS_PER_SLOT":"12","SLOTS_PER_EPOCH":"32","DEPOSIT_CHAIN_ID":"1","GLOAS_FORK_EPOCH":"9","ATTESTATION_DUE_BPS_GLOAS":"9000"
        """, "after the aggregates")]
    [InlineData("""
        "SLOTS_PER_EPOCH":"32","DEPOSIT_CHAIN_ID":"1"
        """, "SLOT_DURATION_MS")]
    [InlineData("""
        "SECONDS_PER_SLOT":"0","SLOTS_PER_EPOCH":"32","DEPOSIT_CHAIN_ID":"1"
        """, "impossible")]
    [InlineData("""
        "SECONDS_PER_SLOT":"18446744073709551","SLOTS_PER_EPOCH":"32","DEPOSIT_CHAIN_ID":"1"
        """, "impossible")]
    [InlineData("""
        "SECONDS_PER_SLOT":["12"],"SLOTS_PER_EPOCH":"32","DEPOSIT_CHAIN_ID":"1"
        """, "SECONDS_PER_SLOT")]
    [InlineData("""
        "SECONDS_PER_SLOT":"12","SLOTS_PER_EPOCH":"0","DEPOSIT_CHAIN_ID":"1"
        """, "SLOTS_PER_EPOCH")]
    [InlineData("""
        "SECONDS_PER_SLOT":"12","SLOTS_PER_EPOCH":"32"
        """, "DEPOSIT_CHAIN_ID")]
    [InlineData("""
        "SECONDS_PER_SLOT":"12","SLOTS_PER_EPOCH":"32","DEPOSIT_CHAIN_ID":"1","ATTESTATION_DUE_BPS":"10001"
        """, "ATTESTATION_DUE_BPS")]
    [InlineData("""
        "SECONDS_PER_SLOT":"12","SLOTS_PER_EPOCH":"32","DEPOSIT_CHAIN_ID":"1","ATTESTATION_DUE_BPS":"7000"
        """, "after the aggregates")]
    [InlineData("""
        "SECONDS_PER_SLOT":"12","SLOTS_PER_EPOCH":"32","DEPOSIT_CHAIN_ID":"1","INTERVALS_PER_SLOT":"1"
        """, "INTERVALS_PER_SLOT")]
    public void What_cannot_be_a_network_is_refused_by_name(string entries, string named) =>
        Assert.Contains(named, Assert.Throws<FormatException>(() => Read(entries)).Message);

    [Fact]
    public void A_genesis_that_is_no_time_is_refused()
    {
        Assert.Throws<FormatException>(() => BeaconAnswers.Genesis(Encoding.UTF8.GetBytes($$$"""{"data":{"genesis_time":"-1","genesis_validators_root":"{{{new Root()}}}"}}""")));
        Assert.Throws<FormatException>(() => BeaconAnswers.Genesis(Encoding.UTF8.GetBytes("""{"data":{"genesis_time":"1","genesis_validators_root":"0x"}}""")));
    }

    private static ChainSpec Read(string entries) => ChainSpecAnswers.Combine(
        BeaconAnswers.Spec(Encoding.UTF8.GetBytes($$$"""{"data":{{{{entries}}}}}""")),
        BeaconAnswers.Genesis(Encoding.UTF8.GetBytes($$$"""{"data":{"genesis_time":"1606824023","genesis_validators_root":"{{{new Root()}}}","genesis_fork_version":"0x00000000"}}""")));
}

using System.Net;
using System.Text;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>The validator is served by the next stack whatever dies, and by the first again only when it has shown that it is well.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task The_hole_a_dead_execution_client_moves_the_validator_although_its_beacon_node_says_that_all_is_well()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        await box.Primary.Execution.Kill();
        await box.UntilServing("secondary");
        using (var raw = await new HttpClient().GetAsync(new Uri(box.Primary.Node.Address, "/eth/v1/node/health")))
            Assert.Equal(HttpStatusCode.OK, raw.StatusCode);
        Assert.Equal("secondary", await ServedBy(box));
        Assert.Contains("its beacon node still looks alive", box.Agent.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task The_hole_an_execution_client_that_hangs_or_stands_still_moves_the_validator_too()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        box.Primary.Execution.Freeze();
        await box.UntilServing("secondary");
        // Thawed, but stopped at an old block while it says eth_syncing: false.
        box.Secondary.Import(box.Chain.Extend());
        box.Primary.Node.ImportBlock(box.Chain.Extend());
        box.Primary.Execution.Thaw();
        await box.Until(r => r.GetProperty("ranking").EnumerateArray().Any(p => p.GetProperty("name").GetString() == "primary"
            && p.GetProperty("tier").GetString() == "suspect" && p.GetProperty("reason").GetString()!.Contains("stands at block", StringComparison.Ordinal)));
        Assert.Equal("secondary", await ServedBy(box));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Requests_are_served_at_once_by_the_next_stack_when_a_beacon_node_is_killed_or_stopped(bool killed)
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        if (killed)
            await box.Primary.Node.Kill();
        else
            box.Primary.Node.Freeze();
        // Before any probe has noticed.
        Assert.Equal("secondary", await ServedBy(box));
        using var data = await box.Client.GetAsync("/eth/v1/validator/attestation_data?slot=100&committee_index=0");
        Assert.True(data.IsSuccessStatusCode);
        await box.UntilServing("secondary");
        box.Primary.Node.Thaw();
    }

    [Fact]
    public async Task A_body_that_breaks_off_is_asked_for_again_elsewhere()
    {
        await using var box = await TestBox.Start(b => b.Primary.Node.On("GET", "/eth/v1/beacon/genesis2", Reply.Json("{\"data\":\"0123456789\"}") with { CutAt = 5 }));
        await box.UntilServing("primary");
        box.Secondary.Node.On("GET", "/eth/v1/beacon/genesis2", Reply.Json("{\"data\":\"whole\"}"));
        Assert.Equal("{\"data\":\"whole\"}", await box.Client.GetStringAsync("/eth/v1/beacon/genesis2"));
    }

    [Fact]
    public async Task Submissions_go_to_every_stack_and_a_stack_that_comes_back_is_given_what_it_missed()
    {
        const string prepare = "/eth/v1/validator/prepare_beacon_proposer";
        const string body = """[{"validator_index":"1","fee_recipient":"0xabcf8e0d4e9587369b2301d0790347320302cc09"}]""";
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        await box.Secondary.Node.Kill();
        await box.UntilState("secondary", "out");
        using (var answer = await box.Client.PostAsync(prepare, new StringContent(body, Encoding.UTF8, "application/json")))
            Assert.True(answer.IsSuccessStatusCode);
        Assert.Single(box.Primary.Node.Requests.To(prepare));
        Assert.Empty(box.Secondary.Node.Requests.To(prepare));

        await box.Secondary.Node.Restart();
        var given = await box.Secondary.Node.Requests.WaitFor(r => r.Path == prepare, atMost: TimeSpan.FromSeconds(60));
        Assert.Equal(body, given.Text);
        Assert.Equal("application/json; charset=utf-8", given.Header("Content-Type"));
        using (var answer = await box.Client.PostAsync(prepare, new StringContent(body, Encoding.UTF8, "application/json")))
            Assert.True(answer.IsSuccessStatusCode);
        await box.Secondary.Node.Requests.WaitFor(r => r.Path == prepare, count: 2);
    }

    [Fact]
    public async Task A_stack_that_comes_back_serves_again_after_good_slots_and_at_the_end_of_an_epoch_only()
    {
        await using var box = await TestBox.Start(secondsPerSlot: 2, slotsPerEpoch: 4, yaml: "ranking:\n  recovery-slots: 2");
        await box.UntilServing("primary");
        await box.Primary.Execution.Kill();
        await box.UntilServing("secondary");
        await box.Primary.Execution.Restart();
        box.Primary.Import(box.Chain.Extend());
        box.Secondary.Import(box.Chain.Extend());
        await box.Until(r => r.GetProperty("ranking").EnumerateArray().Any(p => p.GetProperty("reason").GetString()!.Contains("recovering", StringComparison.Ordinal)));
        await box.Until(r => r.GetProperty("serving_reason").GetString()!.Contains("epoch ends; then primary", StringComparison.Ordinal) || r.GetProperty("serving").GetString() == "primary");
        await box.UntilServing("primary");
    }

    private static async Task<string> ServedBy(TestBox box)
    {
        using var answer = await box.Client.GetAsync("/eth/v1/beacon/genesis");
        Assert.True(answer.IsSuccessStatusCode);
        return answer.Headers.GetValues("DVStakers-Edge-Stack").Single();
    }
}

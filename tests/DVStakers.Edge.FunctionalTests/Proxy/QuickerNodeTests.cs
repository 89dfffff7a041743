using System.Text.Json;
using DVStakers.Edge.FunctionalTests.Fakes;

namespace DVStakers.Edge.FunctionalTests.Proxy;

/// <summary>Sync committees sign the head that they read, and duties rest on it.</summary>
public sealed class QuickerNodeTests
{
    private const string Head = "/eth/v1/beacon/blocks/head/root";

    [Fact]
    public async Task A_node_that_is_behind_does_not_win_by_being_quicker()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        box.Primary.Import(box.Chain.Extend());
        await box.UntilHead(101);
        // Longer than the time after which the next node is asked as well, and shorter than that after which the best answer is taken.
        box.Primary.Node.On("GET", Head, _ => Reply.Json($$"""{"data":{"root":"{{box.Primary.Node.Chain.HeadRoot}}"} }""") with { After = Task.Delay(TimeSpan.FromSeconds(0.7)) });
        Assert.Equal(box.Primary.Node.Chain.HeadRoot, await Root(box));
    }

    [Fact]
    public async Task A_node_that_is_behind_answers_where_the_other_one_is_silent()
    {
        await using var box = await TestBox.Start();
        await box.UntilServing("primary");
        box.Primary.Import(box.Chain.Extend());
        await box.UntilHead(101);
        box.Primary.Node.On("GET", Head, Reply.Never);
        Assert.Equal(box.Chain.HeadRoot, await Root(box));
    }

    [Fact]
    public async Task Duties_are_not_those_of_an_optimistic_node_because_it_is_quicker()
    {
        await using var box = await TestBox.Start(b => b.Secondary.Node.IsOptimistic = true);
        await box.UntilServing("primary");
        await box.UntilState("secondary", "optimistic");
        box.Primary.Node.On("GET", "/eth/v1/validator/duties/proposer/{epoch}", _ => Reply.Json("""{"data":[]}""") with { After = Task.Delay(TimeSpan.FromSeconds(0.7)) });
        using var answer = await box.Client.GetAsync("/eth/v1/validator/duties/proposer/3");
        Assert.Equal("primary", answer.Headers.GetValues("DVStakers-Edge-Stack").Single());
    }

    private static async Task<string?> Root(TestBox box)
    {
        using var json = JsonDocument.Parse(await box.Client.GetStringAsync(Head));
        return json.RootElement.GetProperty("data").GetProperty("root").GetString();
    }
}

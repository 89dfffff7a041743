using DVStakers.Edge.Core.State;
using DVStakers.Edge.Tests.Core.Messages;

namespace DVStakers.Edge.Tests.Agent.Service;

/// <summary>WATCHDOG=1 is a word that must be true: each of these has it withheld for one reason, and given again when that reason is gone.</summary>
public sealed class SupervisorTests
{
    /// <summary>Longer than any reading may be missing.</summary>
    private static readonly TimeSpan TooLong = TimeSpan.FromSeconds(16);

    [Fact]
    public async Task The_watchdog_is_fed_again_and_again_while_all_is_well()
    {
        await using var box = await SupervisedBox.Start();
        await box.Told("READY=1");
        for (var i = 0; i < 5; i++)
        {
            box.Publish(Sample.Snapshot);
            await box.Pass(SupervisedBox.Pause);
            await box.Told("WATCHDOG=1");
        }
        Assert.Empty(box.Problems);
    }

    [Fact]
    public async Task Not_while_the_state_loop_stands_still()
    {
        await using var box = await SupervisedBox.Start();
        await box.Withheld(TooLong, "nothing was judged for 16 s");
        box.Publish(Sample.Snapshot);
        await box.Pass(SupervisedBox.Pause);
        await box.Told("WATCHDOG=1");
    }

    [Theory]
    [InlineData(true, "the beacon node of home-a was not probed for 16 s")]
    [InlineData(false, "the execution client of home-a was not probed for 16 s")]
    public async Task Not_while_one_client_is_not_probed_any_more(bool beacon, string problem)
    {
        await using var box = await SupervisedBox.Start();
        await box.WithheldWith(TooLong, fresh => fresh with
        {
            Stacks =
            [
                fresh.Stacks[0] with
                {
                    Beacon = fresh.Stacks[0].Beacon! with { At = beacon ? Sample.Noon : fresh.At },
                    Execution = fresh.Stacks[0].Execution! with { At = beacon ? fresh.At : Sample.Noon },
                },
                .. fresh.Stacks.Skip(1),
            ],
        }, problem);
        box.Publish(Sample.Snapshot);
        await box.Pass(SupervisedBox.Pause);
        await box.Told("WATCHDOG=1");
    }

    [Theory]
    [InlineData(true, "the beacon node of home-a was not probed for 16 s")]
    [InlineData(false, "the execution client of home-a was not probed for 16 s")]
    public async Task Not_while_a_client_was_never_probed_although_the_agent_is_ready_to_say_so(bool beacon, string problem)
    {
        Snapshot Unread(Snapshot fresh) => fresh with { Stacks = [.. fresh.Stacks.Select(s => beacon ? s with { Beacon = null } : s with { Execution = null })] };
        await using var box = await SupervisedBox.Start(Unread);
        await box.Told("WATCHDOG=1");
        await box.WithheldWith(TooLong, Unread, problem);
        // Five seconds is as long as the units behind it wait.
        await box.Told("READY=1");
    }

    [Fact]
    public async Task Not_while_the_proxy_hangs_or_is_gone()
    {
        await using var box = await SupervisedBox.Start();
        await box.Told("WATCHDOG=1");
        box.ProxyHangs = true;
        box.Publish(Sample.Snapshot);
        await box.Pass(SupervisedBox.Pause);
        await box.Hanging;
        await box.GivenUp("the proxy does not answer itself: nothing within 3 s");
        box.ProxyHangs = false;
        box.Publish(Sample.Snapshot);
        await box.Pass(SupervisedBox.Pause);
        await box.Told("WATCHDOG=1");

        await box.StopProxy();
        box.Publish(Sample.Snapshot);
        await box.Withheld(SupervisedBox.Pause, "the proxy does not answer itself:");
    }
}

using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Tests.Core.Panel;

public sealed class ButtonMemoryTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(250);

    private readonly List<ButtonAction> actions = [];
    private TimeSpan now = TimeSpan.FromHours(1);
    private ButtonMemory button = ButtonMemory.Start(false, TimeSpan.FromHours(1));

    [Theory]
    [InlineData(0.1, ButtonAction.None)]
    [InlineData(2.9, ButtonAction.None)]
    [InlineData(3.0, ButtonAction.Drain)]
    [InlineData(9.9, ButtonAction.Drain)]
    [InlineData(10.0, ButtonAction.Shutdown)]
    [InlineData(19.9, ButtonAction.Shutdown)]
    [InlineData(20.0, ButtonAction.None)]
    [InlineData(3600, ButtonAction.None)]
    public void What_is_meant_is_how_long_it_was_held(double seconds, ButtonAction action)
    {
        Hold(seconds);
        Assert.Equal(action is ButtonAction.None ? [] : [action], actions);
    }

    [Fact]
    public void It_says_what_letting_go_would_do_and_does_nothing_before()
    {
        Assert.Equal(ButtonHold.Idle, button.Hold);
        See(true);
        Assert.Equal(ButtonHold.Pressed, button.Hold);
        Last(3);
        Assert.Equal(ButtonHold.DrainNext, button.Hold);
        Last(7);
        Assert.Equal(ButtonHold.ShutdownNext, button.Hold);
        Last(10);
        Assert.Equal(ButtonHold.Stuck, button.Hold);
        Assert.Empty(actions);
        See(false);
        Assert.Equal(ButtonHold.Idle, button.Hold);
        Assert.Empty(actions);
    }

    [Fact]
    public void A_line_that_is_low_from_the_start_does_nothing_until_it_was_let_go_and_pressed_again()
    {
        button = ButtonMemory.Start(true, now);
        Last(5);
        Assert.Equal(ButtonHold.Stuck, button.Hold);
        See(false);
        Assert.Empty(actions);
        now += TimeSpan.FromSeconds(10);
        Hold(4);
        Assert.Equal([ButtonAction.Drain], actions);
    }

    [Theory]
    [InlineData(40)]
    [InlineData(400)]
    [InlineData(600)]
    public void A_line_that_bounces_does_nothing_until_it_was_quiet(int milliseconds)
    {
        for (var i = 0; i < 200; i++)
        {
            See(i % 2 == 0);
            now += TimeSpan.FromMilliseconds(milliseconds);
        }
        Assert.Equal(ButtonHold.Noisy, button.Hold);

        // A long level right after the noise is part of it.
        See(true);
        Last(4);
        See(false);
        Assert.Empty(actions);

        now += ButtonMemory.Quiet + Tick;
        See(false);
        Assert.Equal(ButtonHold.Idle, button.Hold);
        Hold(4);
        Assert.Equal([ButtonAction.Drain], actions);
    }

    [Fact]
    public void A_press_that_nobody_looked_at_does_nothing()
    {
        See(true);
        now += TimeSpan.FromSeconds(5);
        See(false);
        Assert.Empty(actions);

        See(true);
        now += TimeSpan.FromSeconds(5);
        See(true);
        Last(1);
        See(false);
        Assert.Empty(actions);
    }

    [Fact]
    public void A_few_bounces_of_a_contact_are_no_noise()
    {
        foreach (var level in new[] { true, false, true })
        {
            See(level);
            now += TimeSpan.FromMilliseconds(5);
        }
        Last(3.5);
        See(false);
        Assert.Equal([ButtonAction.Drain], actions);
    }

    private void Hold(double seconds)
    {
        See(true);
        Last(seconds);
        See(false);
    }

    /// <summary>Pressed all the while, and looked at as the loop does.</summary>
    private void Last(double seconds)
    {
        var end = now + TimeSpan.FromSeconds(seconds);
        while (now < end)
        {
            now = now + Tick < end ? now + Tick : end;
            See(true);
        }
    }

    private void See(bool level)
    {
        (button, var action) = button.Next(level, now);
        if (action is not ButtonAction.None)
            actions.Add(action);
    }
}

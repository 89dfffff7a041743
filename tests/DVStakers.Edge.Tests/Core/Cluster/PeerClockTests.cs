using DVStakers.Edge.Core.Cluster;

namespace DVStakers.Edge.Tests.Core.Cluster;

public sealed class PeerClockTests
{
    private readonly Post post = new();

    [Theory]
    [InlineData(40)]
    [InlineData(-40)]
    [InlineData(86400 * 365)]
    public void A_clock_that_is_off_proves_itself_with_the_second_message(double ahead)
    {
        Assert.False(post.Hear(5, 1, ahead));
        post.After(12);
        Assert.True(post.Hear(5, 2, ahead, ageSeconds: 0.3));
        Assert.Equal(Standing.Known, post.Friend.Standing);
        Assert.Equal(-ahead, post.Friend.ClockBehind!.Value.TotalSeconds, 1.0);
        post.After(12);
        Assert.True(post.Hear(5, 3, ahead));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(40)]
    public void Its_leftovers_do_not_prove_it(double ahead)
    {
        // Seven messages of a slot each, the last one 100 s old, handed over at once and again at the next connection.
        for (var round = 0; round < 3; round++, post.After(60))
            for (var i = 1; i <= 7; i++)
                Assert.False(post.Take(Post.Topic("friend"), Post.Signed("friend", 5, i, Post.Noon.AddSeconds(ahead - 100 - ((7 - i) * 12))), out _));
        Assert.Equal(Standing.NeverHeard, post.Friend.Standing);
        Assert.Equal(21, post.Friend.Refused.Counts[Rejection.Unproven]);
    }

    [Fact]
    public void A_pile_that_is_handed_over_slowly_does_not_prove_it_either()
    {
        // Spoken once a second, handed over ten times as fast, with a stall in the middle.
        for (var i = 1; i <= 200; i++, post.After(i == 100 ? 9 : 0.1))
            Assert.False(post.Take(Post.Topic("friend"), Post.Signed("friend", 5, i, Post.Noon.AddSeconds(i - 600)), out _));
    }

    [Fact]
    public void A_leftover_within_its_time_to_live_is_believed_for_the_rest_of_it_only()
    {
        Assert.True(post.Hear(5, 1, ageSeconds: 20));
        Assert.Equal(Standing.Known, post.After(9.9).Friend.Standing);
        Assert.Equal(Standing.NeverHeard, post.After(0.2).Friend.Standing);
    }

    [Fact]
    public void After_a_retained_one_the_live_one_is_believed()
    {
        Assert.True(post.Hear(5, 1, ageSeconds: 20));
        Assert.True(post.After(2).Hear(5, 2));
        Assert.Equal(Standing.Known, post.After(29).Friend.Standing);
    }

    [Fact]
    public void The_clock_difference_known_from_before_judges_the_leftovers_of_the_next_start()
    {
        for (var i = 1; i <= 3; i++, post.After(12))
            post.Hear(5, i, clockAhead: 40);
        var later = new Post(post.Inbox.Marks) { Now = post.Now, Since = TimeSpan.Zero };
        // 50 s old, and by its own wrong clock 10 s.
        Assert.False(later.Hear(5, 9, clockAhead: 40, ageSeconds: 50));
        Assert.True(later.Hear(5, 10, clockAhead: 40));
    }

    [Fact]
    public void A_clock_that_is_set_right_proves_itself_anew_before_the_old_word_runs_out()
    {
        for (var i = 1; i <= 3; i++, post.After(12))
            post.Hear(5, i, clockAhead: 40);
        Assert.False(post.Take(Post.Topic("friend"), Post.Signed("friend", 5, 4, post.Now), out var refused));
        Assert.Equal(Rejection.Old, refused!.Kind);
        post.After(12);
        Assert.True(post.Hear(5, 5));
        Assert.Equal((Standing.Known, TimeSpan.Zero), (post.Friend.Standing, post.Friend.ClockBehind));
    }

    [Fact]
    public void Our_own_clock_may_be_set_without_anybody_falling_silent()
    {
        var sequence = 0;
        foreach (var step in new[] { 0, 0, 0, -40, 0, 0, 3600, 0, 0 })
        {
            post.After(12);
            post.Now = post.Now.AddSeconds(step);
            post.Hear(5, ++sequence, clockAhead: -(post.Now - Post.Noon - (post.Since - TimeSpan.FromHours(1))).TotalSeconds);
            Assert.Equal(Standing.Known, post.Friend.Standing);
        }
    }

    [Fact]
    public void A_line_that_delays_by_seconds_does_not_silence_a_box()
    {
        var delays = new[] { 0.1, 4, 0.2, 9, 7, 0.1, 12, 3 };
        for (var i = 1; i <= 40; i++, post.After(12))
            Assert.True(post.Hear(5, i, ageSeconds: delays[i % delays.Length]));
        Assert.InRange(post.Friend.ClockBehind!.Value.TotalSeconds, 0, 0.2);
    }

    [Fact]
    public void Drift_is_followed()
    {
        // 50 ms for each message: an hour a week.
        for (var i = 1; i <= 2000; i++, post.After(12))
            Assert.True(post.Hear(5, i, clockAhead: i * -0.05));
        Assert.InRange(post.Friend.ClockBehind!.Value.TotalSeconds, 96, 100);
    }
}

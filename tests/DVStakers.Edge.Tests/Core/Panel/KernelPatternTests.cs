using System.Globalization;
using DVStakers.Edge.Core.Panel;

namespace DVStakers.Edge.Tests.Core.Panel;

public sealed class KernelPatternTests
{
    public static TheoryData<string> Words => [.. Rhythms.All.Select(r => r.Word)];

    [Fact]
    public void Edges_are_hard_and_the_end_is_dark()
    {
        Assert.Equal("255 500 255 0 0 500 0 0", KernelPattern.Of(LedPattern.Slow, 255).Text);
        Assert.Equal("1 200 1 0 0 200 0 0 1 200 1 0 0 1000 0 0", KernelPattern.Of(LedPattern.TwoFlashes, 1).Text);
        Assert.Equal("255 20000 255 0 0 10 0 0", KernelPattern.Of(LedPattern.Solid, 255).Text);
        Assert.Equal("0 20000 0 0 0 10 0 0", KernelPattern.Of(LedPattern.Off, 255).Text);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void What_the_kernel_plays_is_the_rhythm_until_the_lease_ends_and_then_darkness(string word)
    {
        var pattern = Rhythms.All.Single(r => r.Word == word);
        var kernel = KernelPattern.Of(pattern, 255);
        var played = Play(kernel);
        var ends = (int)kernel.EndsAfter.TotalMilliseconds;
        Assert.True(played.Count >= ends);
        for (var at = 0; at < ends; at++)
            Assert.True(LedClock.At(pattern, TimeSpan.FromMilliseconds(at)).On == (played[at] > 0), $"{word} at {at} ms");
        Assert.All(played.Skip(ends), brightness => Assert.Equal(0, brightness));
        Assert.Equal(0, played[^1]);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void It_is_renewed_at_the_end_of_a_cycle_long_before_it_ends(string word)
    {
        var pattern = Rhythms.All.Single(r => r.Word == word);
        var kernel = KernelPattern.Of(pattern, 255);
        Assert.True(kernel.EndsAfter >= KernelPattern.Lease);
        Assert.InRange(kernel.RenewAfter, TimeSpan.FromSeconds(1), kernel.EndsAfter / 2.5);
        if (pattern.Steps.Count > 1)
            Assert.Equal(0, kernel.RenewAfter.Ticks % pattern.Cycle.Ticks);
    }

    [Theory]
    [MemberData(nameof(Words))]
    public void A_rhythm_begins_with_light_and_ends_in_darkness(string word)
    {
        var pattern = Rhythms.All.Single(r => r.Word == word);
        if (pattern.Steps.Count > 1)
            Assert.Equal((true, false), (pattern.Steps[0].On, pattern.Steps[^1].On));
    }

    /// <summary>
    /// Brightness by the millisecond as the kernel's pattern trigger makes it: two neighbours alike are a step, and one of no length after it is skipped;
    /// neighbours that differ would fade, which none may.
    /// </summary>
    private static List<int> Play(KernelPattern kernel)
    {
        var tuples = kernel.Text.Split(' ').Select(n => int.Parse(n, CultureInfo.InvariantCulture)).Chunk(2).Select(p => (Brightness: p[0], Length: p[1])).ToList();
        var (played, current, left) = (new List<int>(), 0, kernel.Repeat);
        void Next()
        {
            current = (current + 1) % tuples.Count;
            if (current == 0)
                left--;
        }
        while (left > 0)
        {
            var (now, next) = (tuples[current], tuples[(current + 1) % tuples.Count]);
            Assert.Equal(now.Brightness, next.Brightness);
            played.AddRange(Enumerable.Repeat(now.Brightness, now.Length));
            if (next.Length == 0)
                Next();
            Next();
        }
        return played;
    }
}

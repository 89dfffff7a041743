using DVStakers.Edge.Core.Cluster;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Cluster;

/// <summary>Whatever somebody who holds the broker does with the messages of a box.</summary>
public sealed class InboxPropertyTests
{
    private const int Boots = 3;
    private const int PerBoot = 8;

    /// <summary>What the box ever said, in order; a message every 12 s.</summary>
    private static readonly byte[][] Said = [.. Enumerable.Range(0, Boots * PerBoot).Select(i => Post.Signed("friend", i / PerBoot, (i % PerBoot) + 1, Post.Noon.AddSeconds(i * 12)))];

    private sealed record Step(int Message, int AfterMs, int Flip);

    private static readonly Arbitrary<Step[]> Deliveries =
        (from message in Gen.Choose(0, Said.Length - 1)
         from ms in Gen.Frequency((3, Gen.Choose(0, 200)), (2, Gen.Choose(0, 20_000)), (1, Gen.Constant(12_000)))
         from flip in Gen.Frequency((3, Gen.Constant(-1)), (1, Gen.Choose(0, (Said[0].Length * 8) - 1)))
         select new Step(message, ms, flip)).ArrayOf(60).ToArbitrary();

    [Fact]
    public void In_any_order_repeated_altered_and_replayed_the_book_never_becomes_older_and_nothing_altered_is_believed() =>
        Prop.ForAll(Deliveries, steps =>
        {
            var post = new Post();
            (long, long) newest = (-1, 0);
            foreach (var (step, at) in steps.Select((s, i) => (s, i)))
            {
                post.After(step.AfterMs / 1000.0);
                var payload = Said[step.Message].ToArray();
                if (step.Flip >= 0)
                    payload[step.Flip / 8 % payload.Length] ^= (byte)(1 << (step.Flip % 8));
                var believed = post.Take(Post.Topic("friend"), payload, out _);
                if (believed && step.Flip >= 0)
                    return false;
                // A restart of ours in the middle.
                if (at == steps.Length / 2)
                    post.Inbox = Inbox.Start("node-1", Post.Cluster.Roster, post.Inbox.Marks);
                if (post.Friend.Said is not { } said)
                    continue;
                if ((said.Boot, said.Sequence).CompareTo(newest) < 0)
                    return false;
                newest = (said.Boot, said.Sequence);
            }
            return true;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Every_bit_counts()
    {
        var whole = Post.Signed("friend", 5, 1, Post.Noon);
        var post = new Post();
        for (var bit = 0; bit < whole.Length * 8; bit += bit < (whole.Length - 120) * 8 ? 7 : 1)
        {
            var altered = whole.ToArray();
            altered[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.False(post.Take(Post.Topic("friend"), altered, out var refused), $"bit {bit}");
            Assert.True(refused!.Kind is Rejection.Forged or Rejection.Unsigned, $"bit {bit}: {refused}");
        }
    }

    [Fact]
    public void What_was_spoken_live_is_believed_however_the_clocks_differ() =>
        Prop.ForAll(Gen.Choose(-100_000, 100_000).ToArbitrary(), Gen.Choose(0, 1500).ArrayOf(20).ToArbitrary(), (ahead, delays) =>
        {
            var post = new Post();
            var believed = delays.Select((ms, i) =>
            {
                post.After(12);
                return post.Hear(1, i + 1, ahead, ms / 1000.0);
            }).ToList();
            return believed.Skip(1).All(b => b);
        }).QuickCheckThrowOnFailure();
}

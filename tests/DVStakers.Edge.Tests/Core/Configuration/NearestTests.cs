using DVStakers.Edge.Core.Configuration;
using FsCheck;
using FsCheck.Fluent;

namespace DVStakers.Edge.Tests.Core.Configuration;

public sealed class NearestTests
{
    [Theory]
    [InlineData("lisen", "listen")]
    [InlineData("beaconNode", "beacon-node")]
    [InlineData("beacon_node", "beacon-node")]
    [InlineData("BEACON-NDOE", "beacon-node")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_name_with_the_fewest_edits_is_meant(string wrong, string? right) =>
        Assert.Equal(right, Nearest.To(wrong, ["listen", "beacon-node", "max-streams"]));

    [Fact]
    public void The_distance_is_zero_only_for_equals_symmetric_and_at_most_the_longer_length() =>
        Prop.ForAll(ArbMap.Default.ArbFor<NonNull<string>>(), ArbMap.Default.ArbFor<NonNull<string>>(), (a, b) =>
        {
            var d = Nearest.Distance(a.Get, b.Get);
            return d == Nearest.Distance(b.Get, a.Get) && (d == 0) == (a.Get == b.Get)
                && d <= Math.Max(a.Get.Length, b.Get.Length) && d >= Math.Abs(a.Get.Length - b.Get.Length);
        }).QuickCheckThrowOnFailure();
}

using DVStakers.Edge.Agent.Probes;

namespace DVStakers.Edge.Tests.Agent.Probes;

public sealed class ClockOffsetTests
{
    private static readonly DateTimeOffset Date = DateTimeOffset.UnixEpoch.AddSeconds(1_700_000_000);

    [Theory]
    // Our clock when sent and when received, in seconds after the Date header; the offset that is proven.
    [InlineData(0, 0, 0)]
    [InlineData(0.5, 0.6, 0)]
    [InlineData(1.9, 2, 0)]
    [InlineData(2.5, 2.6, -0.5)]
    [InlineData(-0.2, -0.1, 0.1)]
    [InlineData(-0.2, 0.1, 0)]
    [InlineData(100, 101, -98)]
    [InlineData(-100, -99, 99)]
    public void Only_what_the_header_proves_is_an_offset(double sent, double received, double proven) =>
        Assert.Equal(proven, ClockOffset.AtLeast(Date, Date.AddSeconds(sent), Date.AddSeconds(received)).TotalSeconds, 6);
}

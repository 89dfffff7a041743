using System.Threading.Channels;
using DVStakers.Edge.Agent.Probes;
using DVStakers.Edge.Core.Readings;

namespace DVStakers.Edge.Tests.Agent.Probes;

public sealed class LoadProbeTests
{
    [Theory]
    [InlineData("some avg10=99.12 avg60=1.25 avg300=77.50 total=456134180\nfull avg10=0.00 avg60=7.00 avg300=0.00 total=0\n", 1.25)]
    [InlineData("some avg10=0.00 avg60=100.00 avg300=0.00 total=0", 100.0)]
    [InlineData("", null)]
    [InlineData("some avg10=1.00\nfull avg60=1.00", null)]
    [InlineData("some avg60=many", null)]
    public void The_minutes_pressure_is_read(string text, double? percent) => Assert.Equal(percent, LoadProbe.Parse(text));

    [Fact]
    public async Task Where_the_kernel_does_not_tell_it_ends_without_a_word()
    {
        var told = Channel.CreateUnbounded<Observation>();
        await new LoadProbe("/nonexistent/pressure", told.Writer, TimeProvider.System).Run(TestContext.Current.CancellationToken);
        Assert.False(told.Reader.TryRead(out _));
    }
}

using DVStakers.Edge.Core.Power;

namespace DVStakers.Edge.Tests.Core.Power;

public sealed class PowerStatusTests
{
    [Theory]
    [InlineData(PowerSource.Mains, null, 5.0, false, false)]
    [InlineData(PowerSource.Unknown, null, null, false, false)]
    [InlineData(PowerSource.Mains, null, null, true, true)]
    [InlineData(PowerSource.Battery, null, null, false, true)]
    [InlineData(PowerSource.Battery, 21, null, false, false)]
    [InlineData(PowerSource.Battery, 21, 10.0, false, false)]
    [InlineData(PowerSource.Battery, 19, 90.0, false, true)]
    [InlineData(PowerSource.Battery, null, 51.0, false, false)]
    [InlineData(PowerSource.Battery, null, 49.0, false, true)]
    public void A_box_that_goes_off_soon_says_so(PowerSource source, int? minutes, double? percent, bool stopping, bool ending) => Assert.Equal(ending, new PowerStatus
    {
        Source = source, Reason = "", ChargePercent = percent, RunTimeLeft = minutes is { } left ? TimeSpan.FromMinutes(left) : null, Stopping = stopping,
    }.IsEnding);
}

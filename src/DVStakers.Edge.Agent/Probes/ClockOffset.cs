namespace DVStakers.Edge.Agent.Probes;

/// <summary>What an HTTP Date header proves of the other clock.</summary>
internal static class ClockOffset
{
    /// <summary>
    /// The smallest difference (theirs less ours) that explains the header; zero where both may agree. Date is cut to the second, and many servers
    /// renew it once a second only: when it arrives, their clock may be up to two seconds past it.
    /// </summary>
    /// <param name="sent">Our time when the request went out.</param>
    /// <param name="received">Our time when the header was there.</param>
    public static TimeSpan AtLeast(DateTimeOffset date, DateTimeOffset sent, DateTimeOffset received)
    {
        var least = date - received;
        var most = date + TimeSpan.FromSeconds(2) - sent;
        if (least > TimeSpan.Zero)
            return least;
        return most < TimeSpan.Zero ? most : TimeSpan.Zero;
    }
}

namespace DVStakers.Edge.Core.Cluster;

/// <summary>
/// The numbers that put a box's starts in order. A boot is the unix time of the start, or one more than the boot before where the clock says less (Agent/Mesh):
/// so it is never far above its box's clock. One that is lies for ever after: whoever believed it takes every true message of that box for a replayed one, over
/// restarts too. So a boot must be possible by the receiver's clock.
/// <para>
/// Clocks are off: by a time zone, or by the weeks that a board without a battery was without power, for which <see cref="PeerClock"/> has a proof. A
/// box that is behind is no matter here. One that is ahead of the receiver's, or a receiver that is behind, is given <see cref="MostAhead"/>, which is more than a
/// clock is off that anybody has set; beyond it TLS and the signatures of duties fail as well. It is also the longest that a box can silence itself. A message that
/// is refused for it leaves no mark, so a clock that is set right is believed at once.
/// </para>
/// </summary>
public static class Boots
{
    public static readonly TimeSpan MostAhead = TimeSpan.FromDays(7);

    /// <summary>Null: a box can have that boot now; otherwise why not, and what to do.</summary>
    /// <param name="now">The receiver's clock.</param>
    public static string? Objection(long boot, DateTimeOffset now)
    {
        var clock = now.ToUnixTimeSeconds();
        return boot <= clock + (long)MostAhead.TotalSeconds ? null
            : $"'boot' is {boot}, {(boot / 86400) - (clock / 86400)} days ahead of this box's clock, and more than {MostAhead.TotalDays:0} cannot be: set the clock that is wrong; if that box once started with a clock far ahead, stop its agent, delete the file boot in its state directory (/var/lib/dvstakers-edge) and start it again";
    }
}

using DVStakers.Edge.Core.Cluster;
using DVStakers.Edge.Core.Configuration;

namespace DVStakers.Edge.Agent.Cluster;

/// <summary>The membership that the configuration names, and the configuration with the membership's names.</summary>
internal static class ConfiguredMembership
{
    /// <summary>
    /// A membership that cannot be used is a warning: the box runs on its own, and its validator keeps its own nodes. A configuration that contradicts the
    /// membership is an error.
    /// </summary>
    /// <param name="membership">Null where this box is in no cluster, or cannot be.</param>
    public static ConfigResult Join(ConfigResult read, out Membership? membership)
    {
        membership = null;
        if (read.Config is not { } config)
            return read;
        try
        {
            if ((membership = Membership.Load(config.Membership.Directory)) is null)
                return read;
        }
        catch (MembershipException e)
        {
            return read with { Problems = [.. read.Problems, new(e.Where, e.Text + ". Until then this box runs on its own, without its cluster", IsWarning: true)] };
        }
        var (named, problems) = MemberNames.Apply(config, read.Origins, membership.Roster, membership.Box, config.Membership.Directory);
        if (problems.Count == 0)
            return read with { Config = named };
        membership.Dispose();
        membership = null;
        return read with { Config = null, Problems = [.. read.Problems, .. problems] };
    }

    /// <summary>What the membership is, in a line.</summary>
    public static string Describe(Membership? membership, EdgeConfig config, DateTimeOffset now) => membership is null
        ? $"cluster: none ({config.Membership.Directory} has no usable roster), so this box is on its own"
        : $"member {membership.Box} of cluster {membership.Roster.Cluster}: {membership.Roster.Members.Count} member{(membership.Roster.Members.Count == 1 ? "" : "s")}, roster version {membership.Roster.Version}, "
            + (now > membership.NotAfter
                ? $"certificate expired on {membership.NotAfter:yyyy-MM-dd}: renew it with: dvstakers-edge cluster renew"
                : $"certificate valid until {membership.NotAfter:yyyy-MM-dd}");
}
